/* Prints the route table, one row a line: method, path, who may call it. tests/system/test_contract.py compares it with
 * api/openapi.yaml. */
#include "http/routes.h"

#include <stdio.h>

int main(void)
{
	static const char *const who[] = { "public", "user", "owner" };

	for (size_t i = 0; i < tt_routes_count; i++)
		printf("%s %s %s %s\n", tt_routes[i].method, tt_routes[i].path, who[tt_routes[i].auth],
		       tt_routes[i].sink                        ? "form"
		       : tt_routes[i].flags & TT_ROUTE_JSON     ? "json"
		       : tt_routes[i].flags & TT_ROUTE_JSON_OPT ? "json-optional"
								: "-");
	return 0;
}
