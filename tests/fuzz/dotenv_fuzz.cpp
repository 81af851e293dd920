// Any bytes as a dotenv file, in every dialect: no crash, bounded values, lines that exist.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "target/dotenv.hpp"

using namespace migrate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using Style = DotenvStyle;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Environment environment{{{"A", "${B}$C"}, {"HOME", "/home/x"}}};
    const auto lines =
        1 + std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; });
    for (auto dialect : {Style::Dialect::node, Style::Dialect::python})
        for (auto expansion : {Style::Expansion::none, Style::Expansion::braces, Style::Expansion::all}) {
            auto dotenv = parse_dotenv(text, ".env", environment, {dialect, expansion});
            if (!dotenv) {
                if (dotenv.error().code != "config.invalid") std::abort();
                continue;
            }
            for (const auto& [name, value] : dotenv->values) {
                if (name.empty() || value.line < 1 || value.line > lines) std::abort();
                if (value.value.size() > size + (128u << 10)) std::abort();
            }
        }
    return 0;
}
