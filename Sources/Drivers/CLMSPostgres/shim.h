#include <libpq-fe.h>

// Swift cannot import character macros.
static const int clms_pg_sql_state = PG_DIAG_SQLSTATE;
static const int clms_pg_message = PG_DIAG_MESSAGE_PRIMARY;
static const int clms_pg_column_name = PG_DIAG_COLUMN_NAME;
static const int clms_pg_constraint_name = PG_DIAG_CONSTRAINT_NAME;
