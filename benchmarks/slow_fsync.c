/* Every flush to disk takes SLOW_FSYNC_US microseconds longer, as on a disk that is slower than this one. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_longer(void) {
    const char *longer = getenv("SLOW_FSYNC_US");
    if (longer) usleep((useconds_t)atoi(longer));
}

int fsync(int file) {
    wait_longer();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file) {
    wait_longer();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
