#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/target.hpp"

namespace migrate {

class SecretMatcher;

/// Knows the secrets of this run and takes them out of text. It is told them before the text comes: secrets
/// can be added at any time, but a Filter knows only those that were there when it was made. Adding is not
/// safe against use on other threads.
///
/// What is hidden, as `***`:
/// - a known value wherever it stands, also percent-encoded, in base64, escaped for JSON, shells, SQL, XML
///   or properties, and with sequences that colour a terminal in its midst;
/// - a known value that is short, common, or also the name of a user, database, host or engine only where it
///   is the value of a key that speaks of secrets (`password=dev`, `"pass": "dev"`);
/// - the password of any URL (`scheme://user:password@`, `?password=`), known or not.
class Redactor {
  public:
    Redactor();

    /// A value that must not be shown. Of a URL its passwords are the secret, not the rest; of a text of
    /// several lines (a private key) also every long line.
    void add_secret(std::string_view value);
    /// A name that may be shown although a secret has the same value.
    void add_name(std::string_view name);
    /// The password and the URL of a connection are secret; its user, host, database and engine are names.
    void add(const Connection& connection);

    /// A whole text, redacted.
    std::string redact(std::string_view text) const;

    /// A stream, redacted: text comes in pieces and goes out as soon as no secret can be under way in it.
    class Filter {
      public:
        explicit Filter(const Redactor& redactor);
        /// Appends to `out` what is certain. What is held back is at most the longest secret, or a URL up to
        /// its end (8 KiB at most).
        void feed(std::string_view piece, std::string& out);
        /// The stream is over: appends the rest.
        void finish(std::string& out);

      private:
        struct Span {
            std::size_t begin, end;
        };
        void scan();
        void decide_weak(char following);
        void close_url(std::size_t end);
        void emit(std::size_t until, std::string& out);
        void forget();
        bool is_value_of_secret_key(std::size_t begin) const;
        bool is_colour(char c);
        std::size_t back(std::size_t end, std::size_t length) const;

        std::shared_ptr<const SecretMatcher> matcher_;
        std::string text_;            // what is kept for its context, and what has not gone out yet
        std::size_t emitted_ = 0;     // up to here it has gone out
        std::size_t scanned_ = 0;     // up to here the matcher has read
        std::size_t hidden_end_ = 0;  // up to here the last `***` stands for it
        std::uint32_t state_ = 0;     // the matcher's
        enum class Colour { none, escape, parameters } colour_ = Colour::none;  // what was read last
        std::vector<Span> colours_;       // sequences in the midst of what may be a secret
        std::optional<std::size_t> url_;  // a URL is open; its part after "://" begins here
        std::vector<Span> weak_;          // weak secrets that end at the last byte read: the next one decides
        std::vector<Span> marked_;        // to hide
    };

  private:
    void rebuild();

    std::set<std::string, std::less<>> secrets_;  // as they were told
    std::set<std::string, std::less<>> names_;    // lower case
    std::shared_ptr<const SecretMatcher> matcher_;
};

}  // namespace migrate
