// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Keys;

/// <summary>What keyctl(2) is to do.</summary>
[LinuxPrefix("KEYCTL_")]
public enum KeyctlOperation
{
    [LinuxName("KEYCTL_GET_KEYRING_ID")] GetKeyringId = 0,
    [LinuxName("KEYCTL_JOIN_SESSION_KEYRING")] JoinSessionKeyring = 1,
    Update = 2,
    Revoke = 3,
    [LinuxName("KEYCTL_CHOWN")] ChangeOwner = 4,
    [LinuxName("KEYCTL_SETPERM")] SetRights = 5,
    Describe = 6,
    Clear = 7,
    Link = 8,
    Unlink = 9,
    Search = 10,
    Read = 11,
    Instantiate = 12,
    Negate = 13,
    [LinuxName("KEYCTL_SET_REQKEY_KEYRING")] SetRequestKeyring = 14,
    [LinuxName("KEYCTL_SET_TIMEOUT")] SetTimeout = 15,
    [LinuxName("KEYCTL_ASSUME_AUTHORITY")] AssumeAuthority = 16,
    [LinuxName("KEYCTL_GET_SECURITY")] GetSecurity = 17,
    [LinuxName("KEYCTL_SESSION_TO_PARENT")] SessionToParent = 18,
    Reject = 19,
    [LinuxName("KEYCTL_INSTANTIATE_IOV")] InstantiateVector = 20,
    Invalidate = 21,
    [LinuxName("KEYCTL_RESTRICT_KEYRING")] RestrictKeyring = 29,
    Move = 30,
    Capabilities = 31,
}
