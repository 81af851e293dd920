#pragma once
#include <string_view>

#include "model/risk.hpp"
#include "model/target.hpp"

namespace migrate {

/// What a cell of the matrix asks for, least first.
enum class Ask {
    nothing,
    yes_if_lossy,         ///< person: asked where values would be lost or that cannot be known; else --yes
    yes,                  ///< --yes, whoever asks
    confirm,              ///< person: asked, or --yes; no person: approval
    type_name,            ///< person: types the database's name; no person: approval
    type_name_or_refuse,  ///< person: types the database's name; no person: refused
    refuse
};

struct Cell {
    Ask ask = Ask::refuse;
    bool backup = false;  ///< a proof of backup is owed
    bool check = false;   ///< the pre-deploy gate is owed
};

/// The matrix of the contract, section 6: one screen, one place. Everything that can change a database is
/// looked up here and nowhere else.
Cell cell_of(Risk risk, Level level);

std::string_view to_string(Ask ask);

}  // namespace migrate
