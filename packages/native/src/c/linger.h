/* How long the loop looks for news before it sleeps; see linger.c. */
#ifndef LIBVIRT_TS_LINGER_H
#define LIBVIRT_TS_LINGER_H

#include <stdbool.h>
#include <uv.h>

bool linger_soon(const uv_loop_t *loop);             /* news has come: soon after the last? */
void linger_after(const uv_loop_t *loop, bool soon); /* it has been dealt with */

#endif
