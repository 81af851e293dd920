#pragma once
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace migrate {

/// A vector whose copies share one memory until one of them is changed: for thousands of rows that several
/// results hold and hardly any changes.
template <typename T>
class SharedVector {
  public:
    using value_type = T;
    using const_iterator = typename std::vector<T>::const_iterator;

    SharedVector() = default;
    SharedVector(std::vector<T> values) : values_(std::make_shared<std::vector<T>>(std::move(values))) {}

    const std::vector<T>& get() const {
        static const std::vector<T> none;
        return values_ ? *values_ : none;
    }
    operator const std::vector<T>&() const { return get(); }

    /// This one's alone from now on.
    std::vector<T>& edit() {
        if (!values_ || values_.use_count() > 1) values_ = std::make_shared<std::vector<T>>(get());
        return *values_;
    }
    void push_back(T value) { edit().push_back(std::move(value)); }

    auto begin() const { return get().begin(); }
    auto end() const { return get().end(); }
    auto rbegin() const { return get().rbegin(); }
    auto rend() const { return get().rend(); }
    std::size_t size() const { return get().size(); }
    bool empty() const { return get().empty(); }
    const T& operator[](std::size_t at) const { return get()[at]; }
    const T& front() const { return get().front(); }
    const T& back() const { return get().back(); }

  private:
    std::shared_ptr<std::vector<T>> values_;
};

}  // namespace migrate
