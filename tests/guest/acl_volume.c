// SPDX-License-Identifier: Apache-2.0
// What acl_rights.c finds, of files of the host: their ACLs are the host's, who may what is the guest kernel's to say.
// @identities root
// @places volume,overlay
#define HERE
#include "acl_rights.c"
