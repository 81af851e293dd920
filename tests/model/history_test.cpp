#include "model/history.hpp"

using namespace migrate;

namespace {

std::vector<MigrationFile> files_of(const std::vector<std::string>& ids) {
    std::vector<MigrationFile> files;
    for (const std::string& id : ids) {
        MigrationFile& file = files.emplace_back();
        file.id = id;
        file.checksum = "sum of " + id;
    }
    return files;
}

HistoryRows rows_of(const std::vector<std::string>& ids) {
    HistoryRows rows;
    rows.source = HistorySource::direct;
    rows.database_exists = rows.table_exists = true;
    for (const std::string& id : ids) {
        AppliedRow& row = rows.rows.emplace_back();
        row.id = id;
        row.checksum = "sum of " + id;
    }
    return rows;
}

using Ids = std::vector<std::string>;

Ids pending_of(const History& history) {
    Ids ids;
    for (const auto& file : history.pending) ids.push_back(file.id);
    return ids;
}

}  // namespace

TEST_CASE("files and rows that are in step, but for what is left, compare as any others do") {
    struct Sample {
        Ids files, rows, pending, missing, out_of_order;
        State state;
    };
    const Sample samples[] = {
        {{}, {}, {}, {}, {}, State::current},
        {{"1", "2"}, {"1", "2"}, {}, {}, {}, State::current},
        {{"1", "2", "3"}, {"1", "2"}, {"3"}, {}, {}, State::pending},
        {{"1", "2"}, {}, {"1", "2"}, {}, {}, State::pending},
        {{"1", "2", "3"}, {"1", "3"}, {"2"}, {}, {"2"}, State::pending},
        {{"1", "2"}, {"2", "1"}, {}, {}, {}, State::current},
        {{"1", "2"}, {"1", "2", "3"}, {}, {"3"}, {}, State::diverged},
        // Two files of one id are applied or pending together.
        {{"1", "2", "1"}, {"1", "2"}, {}, {}, {}, State::current},
        {{"1", "2", "2"}, {"1"}, {"2", "2"}, {}, {}, State::pending},
        {{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"},
         {"1"},
         {"2", "3", "4", "5", "6", "7", "8", "9", "10", "11"},
         {},
         {},
         State::pending},
    };
    for (const Sample& sample : samples) {
        CAPTURE(&sample - samples);
        const History history = compare_by_id(files_of(sample.files), rows_of(sample.rows));
        CHECK(pending_of(history) == sample.pending);
        CHECK(history.missing == sample.missing);
        CHECK(history.out_of_order == sample.out_of_order);
        CHECK(history.applied.size() == sample.rows.size());
        CHECK(history.edited.empty());
        CHECK(history.state == sample.state);
    }
}

TEST_CASE("edited files are seen behind one that is left, too") {
    auto files = files_of({"1", "2", "3"});
    files[1].checksum = "another";
    const History history = compare_by_id(files, rows_of({"1", "2"}));
    CHECK(history.edited == Ids{"2"});
    CHECK(history.edited_known);
    CHECK(history.state == State::edited);
}

TEST_CASE("copies of a history share their rows until one is changed") {
    History one;
    CHECK(one.applied.empty());
    one.applied = rows_of({"1", "2"}).rows;
    History other = one;
    CHECK(&other.applied.front() == &one.applied.front());
    AppliedRow third;
    third.id = "3";
    other.applied.push_back(third);
    CHECK(other.applied.size() == 3);
    CHECK(one.applied.size() == 2);
    CHECK(&other.applied.front() != &one.applied.front());
    other.applied.edit().front().id = "0";
    CHECK(one.applied.front().id == "1");
    CHECK(other.applied.front().id == "0");
}
