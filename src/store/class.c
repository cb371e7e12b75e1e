#include "store/class.h"

#include <stddef.h>
#include <string.h>

static const char *const names[TT_STORE_CLASSES] = { "people", "animals", "landscape", "vehicles", "buildings" };

const char *tt_store_class_name(int cls)
{
	return cls >= 0 && cls < TT_STORE_CLASSES ? names[cls] : "none";
}

int tt_store_class_of(const char *name)
{
	for (int i = 0; name && i < TT_STORE_CLASSES; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return name && strcmp(name, "none") == 0 ? TT_NO_CLASS : -2;
}
