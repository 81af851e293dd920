#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

/// Words of a name: split at everything but letters and digits, at camelCase borders and between letters and
/// digits, in lower case. "myProdDb-01" -> my, prod, db, 01.
std::vector<std::string> words_of(std::string_view text);

/// Whether one whole word is `prod`, `production`, `live` or `primary`: "shop_prod" is, "product" is not.
bool says_production(std::string_view text);

/// Whether a name claims to be no production: development, dev, local, test, staging, qa ...
bool says_no_production(std::string_view text);

}  // namespace migrate
