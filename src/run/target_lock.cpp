#include "run/target_lock.hpp"

namespace migrate {

namespace {

/// Engines without a client here are not locked.
bool can_be_locked(const Target& target) {
    const Engine engine = target.connection.engine.value_or(Engine::mongodb);
    return engine == Engine::sqlite || engine == Engine::postgresql || engine == Engine::mysql ||
           engine == Engine::mariadb;
}

tl::unexpected<Error> busy(const std::string& holder) {
    return fail("target.busy", "another migrator is at work on this database: " + holder,
                "Nothing was changed. The same command may be repeated, or waits longer with --wait.");
}

}  // namespace

Result<TargetLock> TargetLock::take(const Target& target, std::chrono::milliseconds wait, IfMissing missing,
                                    std::unique_ptr<db::Database> session) {
    TargetLock lock;
    if (!can_be_locked(target)) return lock;
    const int wait_ms = static_cast<int>(wait.count());
    std::string holder;
    if (session) {
        auto locked = session->lock(wait_ms, holder);
        if (locked && !*locked) return busy(holder);
        // It may have been lost while a person was asked.
        if (locked && session->allow_writes()) {
            lock.session_ = std::move(session);
            return lock;
        }
        session.reset();
    }
    db::OpenOptions options;
    options.read_only = false;
    options.create = missing == IfMissing::create;
    auto opened = db::open(target.connection, options);
    if (!opened && opened.error().code == "target.missing" && missing == IfMissing::lock_name &&
        target.connection.engine == Engine::sqlite) {
        lock.name_ = std::make_unique<db::LockFile>();
        auto locked = lock.name_->acquire(db::lock_file_of(target.connection.database), wait_ms, holder);
        if (!locked) return tl::unexpected(locked.error());
        if (!*locked) return busy(holder);
        return lock;
    }
    if (!opened) return tl::unexpected(opened.error());
    auto locked = (*opened)->lock(wait_ms, holder);
    if (!locked) return tl::unexpected(locked.error());
    if (!*locked) return busy(holder);
    lock.session_ = std::move(*opened);
    return lock;
}

}  // namespace migrate
