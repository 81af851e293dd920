#pragma once
#include <array>
#include <string_view>

// What schema_postgresql.cpp asks the catalog. Each query follows kMine, whose one parameter is the schema
// ("" for all), with an empty search path, so that every name is written with its schema; and answers with
// class and oid of the object, group, schema, table, place within the table, name, statement.
// Works from PostgreSQL 12 on.
namespace migrate::db::postgresql_schema {

/// `mine`: the schemas; `rel`: their tables, views and sequences; `part`: everything that an extension made.
constexpr std::string_view kMine = R"(
WITH part AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
mine AS (SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname !~ '^pg_'
  AND n.nspname NOT IN ('information_schema', '_migrate') AND ?::text IN ('', n.nspname)
  AND ('pg_namespace'::regclass, n.oid) NOT IN (SELECT classid, objid FROM part)),
rel AS (SELECT c.*, n.nspname, format('%I.%I', n.nspname, c.relname) AS fullname,
    ' WITH (' || array_to_string(c.reloptions, ', ') || ')' AS options
  FROM pg_class c JOIN mine n ON n.oid = c.relnamespace WHERE c.relpersistence <> 't'
  AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM part))
)";

constexpr std::string_view kSchemas = R"(
SELECT 'pg_namespace', oid, 0, nspname, '', 0, '', format('CREATE SCHEMA %I', nspname) FROM mine
WHERE nspname <> 'public')";

constexpr std::string_view kExtensions = R"(
SELECT 'pg_extension', e.oid, 1, '', '', 0, e.extname,
  format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I', e.extname, n.nspname)
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql')";

constexpr std::string_view kCollations = R"(
SELECT 'pg_collation', o.oid, 2, n.nspname, '', 0, o.collname,
  format('CREATE COLLATION %I.%I (PROVIDER = %s, %s%s)', n.nspname, o.collname,
    CASE o.collprovider WHEN 'i' THEN 'icu' ELSE 'libc' END,
    coalesce('LOCALE = ' || quote_literal(coalesce(j ->> 'colllocale', j ->> 'colliculocale')),
      format('LC_COLLATE = %L, LC_CTYPE = %L', o.collcollate, o.collctype)),
    CASE WHEN NOT o.collisdeterministic THEN ', DETERMINISTIC = false' END)
FROM pg_collation o JOIN mine n ON n.oid = o.collnamespace, to_jsonb(o) AS j
WHERE ('pg_collation'::regclass, o.oid) NOT IN (SELECT classid, objid FROM part))";

constexpr std::string_view kTypes = R"(
SELECT 'pg_type', o.oid, 2, n.nspname, '', 0, o.typname, CASE o.typtype
  WHEN 'e' THEN format(E'CREATE TYPE %I.%I AS ENUM (\n%s\n)', n.nspname, o.typname,
    (SELECT string_agg('    ' || quote_literal(e.enumlabel), E',\n' ORDER BY e.enumsortorder)
     FROM pg_enum e WHERE e.enumtypid = o.oid))
  WHEN 'd' THEN format('CREATE DOMAIN %I.%I AS %s%s%s%s%s', n.nspname, o.typname,
    format_type(o.typbasetype, o.typtypmod),
    (SELECT format(' COLLATE %I.%I', kn.nspname, k.collname) FROM pg_collation k
     JOIN pg_namespace kn ON kn.oid = k.collnamespace JOIN pg_type b ON b.oid = o.typbasetype
     WHERE k.oid = o.typcollation AND o.typcollation <> b.typcollation),
    ' DEFAULT ' || o.typdefault, CASE WHEN o.typnotnull THEN ' NOT NULL' END,
    (SELECT string_agg(format(E'\n    CONSTRAINT %I %s', c.conname, pg_get_constraintdef(c.oid)), ''
       ORDER BY c.conname COLLATE "C") FROM pg_constraint c WHERE c.contypid = o.oid AND c.contype = 'c'))
  WHEN 'c' THEN format(E'CREATE TYPE %I.%I AS (\n%s\n)', n.nspname, o.typname,
    (SELECT string_agg(format('    %I %s', a.attname, format_type(a.atttypid, a.atttypmod)), E',\n'
       ORDER BY a.attnum) FROM pg_attribute a
     WHERE a.attrelid = o.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
  WHEN 'r' THEN (SELECT format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s%s)', n.nspname, o.typname,
    format_type(r.rngsubtype, NULL), ', SUBTYPE_DIFF = ' || nullif(r.rngsubdiff, 0)::regproc::text)
    FROM pg_range r WHERE r.rngtypid = o.oid) END
FROM pg_type o JOIN mine n ON n.oid = o.typnamespace LEFT JOIN pg_class t ON t.oid = o.typrelid
WHERE (o.typtype IN ('e', 'd', 'r') OR (o.typtype = 'c' AND t.relkind = 'c'))
AND ('pg_type'::regclass, o.oid) NOT IN (SELECT classid, objid FROM part))";

/// Without the constructors that a range has by itself.
constexpr std::string_view kRoutines = R"(
SELECT 'pg_proc', o.oid, 3, n.nspname, '', 0, o.proname || '(' || pg_get_function_identity_arguments(o.oid),
  pg_get_functiondef(o.oid)
FROM pg_proc o JOIN mine n ON n.oid = o.pronamespace WHERE o.prokind <> 'a'
AND ('pg_proc'::regclass, o.oid) NOT IN (SELECT classid, objid FROM part)
AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = o.oid
  AND d.deptype = 'i'))";

constexpr std::string_view kAggregates = R"(
SELECT 'pg_proc', o.oid, 3, n.nspname, '', 0, o.proname || '(' || pg_get_function_identity_arguments(o.oid),
  format(E'CREATE AGGREGATE %I.%I(%s) (\n    SFUNC = %s,\n    STYPE = %s%s%s%s%s\n)', n.nspname, o.proname,
    CASE WHEN o.pronargs = 0 THEN '*' ELSE pg_get_function_arguments(o.oid) END, a.aggtransfn::regproc,
    format_type(a.aggtranstype, NULL), E',\n    FINALFUNC = ' || nullif(a.aggfinalfn::oid, 0)::regproc::text,
    E',\n    COMBINEFUNC = ' || nullif(a.aggcombinefn::oid, 0)::regproc::text,
    E',\n    INITCOND = ' || quote_literal(a.agginitval),
    CASE o.proparallel WHEN 's' THEN E',\n    PARALLEL = SAFE' WHEN 'r' THEN E',\n    PARALLEL = RESTRICTED' END)
FROM pg_aggregate a JOIN pg_proc o ON o.oid = a.aggfnoid JOIN mine n ON n.oid = o.pronamespace
WHERE a.aggkind = 'n' AND ('pg_proc'::regclass, o.oid) NOT IN (SELECT classid, objid FROM part))";

/// Those of identity columns come with their column.
constexpr std::string_view kSequences = R"(
SELECT 'pg_class', o.oid, 4, o.nspname, coalesce(t.relname, ''), 0, o.relname,
  format('CREATE SEQUENCE %s AS %s START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s%s', o.fullname,
    format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
    CASE WHEN s.seqcycle THEN ' CYCLE' END)
FROM rel o JOIN pg_sequence s ON s.seqrelid = o.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = o.oid
  AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class t ON t.oid = d.refobjid WHERE d.deptype IS DISTINCT FROM 'i')";

constexpr std::string_view kSequenceOwners = R"(
SELECT 'pg_sequence', o.oid, 5, t.nspname, t.relname, 1, o.relname,
  format('ALTER SEQUENCE %s OWNED BY %s.%I', o.fullname, t.fullname, a.attname)
FROM rel o JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = o.oid
  AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
JOIN rel t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE o.relkind = 'S')";

constexpr std::string_view kServers = R"(
SELECT 'pg_foreign_server', o.oid, 4, '', '', 0, o.srvname, format('CREATE SERVER %I%s%s FOREIGN DATA WRAPPER %I%s',
  o.srvname, ' TYPE ' || quote_literal(o.srvtype), ' VERSION ' || quote_literal(o.srvversion), w.fdwname,
  (SELECT format(' OPTIONS (%s)', string_agg(format('%I %L', option_name, option_value), ', '
     ORDER BY option_name COLLATE "C")) FROM pg_options_to_table(o.srvoptions) HAVING count(*) > 0))
FROM pg_foreign_server o JOIN pg_foreign_data_wrapper w ON w.oid = o.srvfdw
WHERE ('pg_foreign_server'::regclass, o.oid) NOT IN (SELECT classid, objid FROM part))";

/// A partition takes its columns from its table.
constexpr std::string_view kTables = R"(
SELECT 'pg_class', o.oid, 5, o.nspname, o.relname, 0, '', CASE WHEN o.relispartition THEN
  (SELECT format('CREATE %s %s PARTITION OF %s %s',
     CASE o.relkind WHEN 'f' THEN 'FOREIGN TABLE' ELSE CASE o.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END
       || 'TABLE' END, o.fullname, i.inhparent::regclass, pg_get_expr(o.relpartbound, o.oid))
   FROM pg_inherits i WHERE i.inhrelid = o.oid)
ELSE format(E'CREATE %s %s (\n%s\n)', CASE o.relkind WHEN 'f' THEN 'FOREIGN TABLE' ELSE
    CASE o.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END || 'TABLE' END, o.fullname,
  (SELECT string_agg(format('    %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
     (SELECT format(' COLLATE %I.%I', kn.nspname, k.collname) FROM pg_collation k
      JOIN pg_namespace kn ON kn.oid = k.collnamespace JOIN pg_type y ON y.oid = a.atttypid
      WHERE k.oid = a.attcollation AND a.attcollation <> y.typcollation),
     CASE WHEN a.attidentity <> '' THEN
       (SELECT format(' GENERATED %s AS IDENTITY%s', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END,
          CASE WHEN s.seqstart <> 1 OR s.seqincrement <> 1 OR s.seqmin <> 1 OR s.seqcache <> 1 OR s.seqcycle
            OR s.seqmax <> CASE s.seqtypid WHEN 20 THEN 9223372036854775807 WHEN 23 THEN 2147483647 ELSE 32767 END
            OR c.relname <> o.relname || '_' || a.attname || '_seq'
          THEN format(' (SEQUENCE NAME %I.%I START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s%s)', o.nspname,
            c.relname, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
            CASE WHEN s.seqcycle THEN ' CYCLE' END) END)
        FROM pg_depend d JOIN pg_class c ON c.oid = d.objid JOIN pg_sequence s ON s.seqrelid = c.oid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = o.oid
        AND d.refobjsubid = a.attnum AND d.deptype = 'i')
     WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(f.adbin, f.adrelid),
       CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
     ELSE ' DEFAULT ' || pg_get_expr(f.adbin, f.adrelid) END,
     CASE WHEN a.attnotnull THEN ' NOT NULL' END), E',\n' ORDER BY a.attnum)
   FROM pg_attribute a LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
   WHERE a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attislocal)) ||
  coalesce((SELECT format(' INHERITS (%s)', string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno))
   FROM pg_inherits i WHERE i.inhrelid = o.oid HAVING count(*) > 0), '') END ||
  CASE o.relkind WHEN 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(o.oid) ELSE '' END ||
  coalesce((SELECT format(' SERVER %I%s', s.srvname,
     (SELECT format(' OPTIONS (%s)', string_agg(format('%I %L', option_name, option_value), ', '
        ORDER BY option_name COLLATE "C")) FROM pg_options_to_table(f.ftoptions) HAVING count(*) > 0))
   FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = o.oid), '') ||
  coalesce(o.options, '')
FROM rel o WHERE o.relkind IN ('r', 'p', 'f'))";

/// Foreign keys last: tables may refer to each other in a circle.
constexpr std::string_view kConstraints = R"(
SELECT 'pg_constraint', o.oid, CASE o.contype WHEN 'f' THEN 7 ELSE 5 END, t.nspname, t.relname,
  CASE o.contype WHEN 'p' THEN 2 ELSE 3 END, o.conname,
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', t.fullname, o.conname, pg_get_constraintdef(o.oid))
FROM pg_constraint o JOIN rel t ON t.oid = o.conrelid
WHERE o.contype IN ('p', 'u', 'c', 'x', 'f') AND o.conislocal AND o.conparentid = 0)";

/// That of a partitioned table goes to all of its partitions.
constexpr std::string_view kIndexes = R"(
SELECT 'pg_class', o.oid, CASE WHEN t.relkind = 'm' THEN 6 ELSE 5 END, t.nspname, t.relname, 4, o.relname,
  CASE WHEN t.relkind = 'p' THEN regexp_replace(pg_get_indexdef(o.oid), ' ON ONLY ', ' ON ')
    ELSE pg_get_indexdef(o.oid) END
FROM pg_index i JOIN rel t ON t.oid = i.indrelid JOIN pg_class o ON o.oid = i.indexrelid
WHERE NOT o.relispartition AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = o.oid
  AND c.contype IN ('p', 'u', 'x')))";

constexpr std::string_view kStatistics = R"(
SELECT 'pg_statistic_ext', o.oid, 5, t.nspname, t.relname, 5, o.stxname, pg_get_statisticsobjdef(o.oid)
FROM pg_statistic_ext o JOIN rel t ON t.oid = o.stxrelid)";

constexpr std::string_view kViews = R"(
SELECT 'pg_class', o.oid, 6, o.nspname, o.relname, 0, '', format(E'CREATE %sVIEW %s%s AS\n%s%s',
  CASE o.relkind WHEN 'm' THEN 'MATERIALIZED ' END, o.fullname, o.options,
  rtrim(pg_get_viewdef(o.oid), '; '), CASE o.relkind WHEN 'm' THEN E'\nWITH NO DATA' END)
FROM rel o WHERE o.relkind IN ('v', 'm'))";

/// Triggers that a partition has from its table come with the partition.
constexpr std::string_view kTriggers = R"(
SELECT 'pg_trigger', o.oid, 8, t.nspname, t.relname, 0, o.tgname,
  pg_get_triggerdef(o.oid) || CASE o.tgenabled WHEN 'O' THEN '' ELSE format(E';\nALTER TABLE %s %s TRIGGER %I',
    t.fullname, CASE o.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
    o.tgname) END
FROM pg_trigger o JOIN rel t ON t.oid = o.tgrelid WHERE NOT o.tgisinternal AND NOT EXISTS (SELECT 1
  FROM pg_depend d WHERE d.classid = 'pg_trigger'::regclass AND d.objid = o.oid
  AND d.refclassid = 'pg_trigger'::regclass))";

constexpr std::string_view kRules = R"(
SELECT 'pg_rewrite', o.oid, 8, t.nspname, t.relname, 1, o.rulename, pg_get_ruledef(o.oid)
FROM pg_rewrite o JOIN rel t ON t.oid = o.ev_class WHERE o.rulename <> '_RETURN')";

constexpr std::string_view kRowSecurity = R"(
SELECT 'row security', o.oid, 8, o.nspname, o.relname, 2, '', concat_ws(E';\n',
  CASE WHEN o.relrowsecurity THEN format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', o.fullname) END,
  CASE WHEN o.relforcerowsecurity THEN format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', o.fullname) END,
  CASE WHEN o.relreplident = 'f' THEN format('ALTER TABLE %s REPLICA IDENTITY FULL', o.fullname)
    WHEN o.relreplident = 'n' THEN format('ALTER TABLE %s REPLICA IDENTITY NOTHING', o.fullname)
    WHEN o.relreplident = 'i' THEN (SELECT format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', o.fullname,
      c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = o.oid
      AND i.indisreplident) END)
FROM rel o WHERE o.relkind IN ('r', 'p')
AND (o.relrowsecurity OR o.relforcerowsecurity OR o.relreplident IN ('f', 'n', 'i')))";

constexpr std::string_view kPolicies = R"(
SELECT 'pg_policy', o.oid, 8, t.nspname, t.relname, 3, o.polname,
  format('CREATE POLICY %I ON %s%s FOR %s TO %s%s%s', o.polname, t.fullname,
    CASE WHEN NOT o.polpermissive THEN ' AS RESTRICTIVE' END,
    CASE o.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
      ELSE 'ALL' END,
    (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', '
       ORDER BY pg_get_userbyid(r) COLLATE "C") FROM unnest(o.polroles) AS r),
    ' USING (' || pg_get_expr(o.polqual, o.polrelid) || ')',
    ' WITH CHECK (' || pg_get_expr(o.polwithcheck, o.polrelid) || ')')
FROM pg_policy o JOIN rel t ON t.oid = o.polrelid)";

/// Class and oid are those of what the comment is about.
constexpr std::string_view kComments = R"(
SELECT d.classoid::regclass, d.objoid, 9, coalesce(i.schema, ''), '', d.objsubid, i.identity,
  format('COMMENT ON %s %s IS %L', upper(CASE WHEN i.type LIKE '% column' THEN 'column'
    WHEN i.type LIKE '%constraint' THEN 'constraint' WHEN i.type = 'statistics object' THEN 'statistics'
    ELSE i.type END), CASE i.type WHEN 'domain constraint' THEN replace(i.identity, ' on ', ' ON DOMAIN ')
    ELSE i.identity END, d.description)
FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) AS i
WHERE d.objoid >= 16384)";

/// What is not written, by name.
constexpr std::string_view kOthers = R"(
SELECT 'other', o.objid, 10, '', '', 0, i.type || i.identity, format('-- not written here: %s %s', i.type, i.identity)
FROM (SELECT 'pg_operator'::regclass AS classid, oid AS objid, oprnamespace AS space FROM pg_operator
  UNION ALL SELECT 'pg_opclass'::regclass, oid, opcnamespace FROM pg_opclass
  UNION ALL SELECT 'pg_conversion'::regclass, oid, connamespace FROM pg_conversion
  UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgnamespace FROM pg_ts_config
  UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictnamespace FROM pg_ts_dict
  UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type WHERE typtype = 'b' AND typelem = 0
  UNION ALL SELECT 'pg_cast'::regclass, c.oid, m.oid FROM pg_cast c, (SELECT min(oid) AS oid FROM mine) AS m
  UNION ALL SELECT 'pg_event_trigger'::regclass, c.oid, m.oid FROM pg_event_trigger c, (SELECT min(oid) AS oid FROM mine) AS m
  UNION ALL SELECT 'pg_publication'::regclass, c.oid, m.oid FROM pg_publication c, (SELECT min(oid) AS oid FROM mine) AS m
  UNION ALL SELECT 'pg_proc'::regclass, p.oid, p.pronamespace FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid = p.oid
    WHERE a.aggkind <> 'n') AS o
JOIN mine ON mine.oid = o.space, pg_identify_object(o.classid, o.objid, 0) AS i
WHERE o.objid >= 16384 AND (o.classid, o.objid) NOT IN (SELECT classid, objid FROM part))";

constexpr std::array kQueries{kSchemas,     kExtensions,  kCollations, kTypes,          kRoutines,
                              kAggregates,  kServers,     kSequences,  kSequenceOwners, kTables,
                              kConstraints, kIndexes,     kStatistics, kViews,          kTriggers,
                              kRules,       kRowSecurity, kPolicies,   kComments,       kOthers};

/// What an object without a statement of its own belongs to: class and oid of both.
constexpr std::string_view kParts = R"(
SELECT 'pg_attrdef', oid, 'pg_class', adrelid FROM pg_attrdef
UNION ALL SELECT 'pg_rewrite', oid, 'pg_class', ev_class FROM pg_rewrite WHERE rulename = '_RETURN'
UNION ALL SELECT 'pg_type', t.oid, 'pg_class', t.typrelid FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid
  WHERE c.relkind <> 'c'
UNION ALL SELECT 'pg_class', c.oid, 'pg_type', c.reltype FROM pg_class c WHERE c.relkind = 'c'
UNION ALL SELECT 'pg_type', a.oid, CASE WHEN c.relkind <> 'c' THEN 'pg_class' ELSE 'pg_type' END,
  CASE WHEN c.relkind <> 'c' THEN c.oid ELSE e.oid END
  FROM pg_type e JOIN pg_type a ON a.oid = e.typarray LEFT JOIN pg_class c ON c.oid = e.typrelid
UNION ALL SELECT 'pg_constraint', oid, 'pg_type', contypid FROM pg_constraint WHERE contypid <> 0
UNION ALL SELECT 'pg_class', conindid, 'pg_constraint', oid FROM pg_constraint WHERE contype IN ('p', 'u', 'x'))";

constexpr std::string_view kNeeds = R"(
SELECT classid::regclass, objid, refclassid::regclass, refobjid FROM pg_depend
WHERE deptype <> 'e' AND objid >= 16384 AND refobjid >= 16384
UNION ALL SELECT 'pg_sequence', objid, 'pg_class', refobjid FROM pg_depend WHERE classid = 'pg_class'::regclass
  AND refclassid = 'pg_class'::regclass AND deptype = 'a' AND objid >= 16384
UNION ALL SELECT 'pg_sequence', seqrelid, 'pg_class', seqrelid FROM pg_sequence)";

}  // namespace migrate::db::postgresql_schema
