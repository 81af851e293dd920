#pragma once
#include <string_view>

namespace migrate {

/// 127.0.0.0/8, ::1, 0.0.0.0, localhost, *.localhost; also in IPv6-mapped form.
bool is_loopback_host(std::string_view host);

/// The service that a host name belongs to: "Amazon RDS", "Neon" ...; "" for none that is known.
std::string_view managed_service(std::string_view host);

/// A socket that a cloud proxy makes: /cloudsql/project:region:instance and the like.
bool is_proxy_socket(std::string_view socket);

}  // namespace migrate
