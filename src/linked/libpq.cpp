// What the archive of PostgreSQL's client library wants of Kerberos and LDAP, for which Debian has shared
// libraries alone. Each answers that it is not to be had: load_libpq() takes the shared library where
// somebody may need them.
extern "C" {

void* GSS_C_NT_HOSTBASED_SERVICE = nullptr;

#define MIGRATE_NO_KERBEROS(name) \
    unsigned name() {             \
        return 16u << 16;         \
    }  // GSS_S_UNAVAILABLE
MIGRATE_NO_KERBEROS(gss_acquire_cred)
MIGRATE_NO_KERBEROS(gss_delete_sec_context)
MIGRATE_NO_KERBEROS(gss_display_status)
MIGRATE_NO_KERBEROS(gss_import_name)
MIGRATE_NO_KERBEROS(gss_init_sec_context)
MIGRATE_NO_KERBEROS(gss_release_buffer)
MIGRATE_NO_KERBEROS(gss_release_cred)
MIGRATE_NO_KERBEROS(gss_release_name)
MIGRATE_NO_KERBEROS(gss_unwrap)
MIGRATE_NO_KERBEROS(gss_wrap)
MIGRATE_NO_KERBEROS(gss_wrap_size_limit)

#define MIGRATE_NO_LDAP(name) \
    void* name() {            \
        return nullptr;       \
    }
MIGRATE_NO_LDAP(ldap_count_entries)
MIGRATE_NO_LDAP(ldap_err2string)
MIGRATE_NO_LDAP(ldap_first_entry)
MIGRATE_NO_LDAP(ldap_get_values_len)
MIGRATE_NO_LDAP(ldap_init)  // after whose NULL nothing else of LDAP is called
MIGRATE_NO_LDAP(ldap_msgfree)
MIGRATE_NO_LDAP(ldap_result)
MIGRATE_NO_LDAP(ldap_search_st)
MIGRATE_NO_LDAP(ldap_set_option)
MIGRATE_NO_LDAP(ldap_simple_bind)
MIGRATE_NO_LDAP(ldap_unbind)
MIGRATE_NO_LDAP(ldap_value_free_len)
}
