#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What can be told from the source of a JavaScript or TypeScript migration without running it.
namespace migrate::js {

/// Whether it can be reverted: false where it has an `up` but no `down`, or a `down` that is empty or only
/// throws; nullopt otherwise, for what a body does cannot be told.
std::optional<bool> has_way_back(std::string_view source);

/// What `up` does that drops or rewrites, each as it is written: calls as the builders of Knex, TypeORM,
/// Sequelize and MongoDB name them, and SQL in strings.
std::vector<std::string> destructive_parts(std::string_view source);

/// Names of the classes whose last 13 characters are digits, or the `name = '...'` of their instances, in
/// the order of the source: TypeORM's migrations.
std::vector<std::string> migration_classes(std::string_view source);

/// The literal that a class's own property is set to ("transaction" -> "false"); "" where there is none.
std::string class_property(std::string_view source, std::string_view property);

/// The parameters of the function called `name`, each by its first word ("{" for a destructured one);
/// nullopt where there is none.
std::optional<std::vector<std::string>> parameters_of(std::string_view source, std::string_view name);

}  // namespace migrate::js
