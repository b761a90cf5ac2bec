"""Names of the Linux kernel that container engines know."""

from __future__ import annotations

CAPABILITIES = (
    "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
    "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE",
    "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE",
    "NET_BROADCAST", "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN",
    "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO",
    "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM", "ALL",
)  # fmt: skip
"""The capabilities of Linux 5.9 and later, without CAP_."""

ULIMITS = (
    "nofile", "nproc", "memlock", "core", "stack", "cpu", "data", "fsize", "locks", "msgqueue", "nice", "rss",
    "rtprio", "rttime", "sigpending", "as",
)  # fmt: skip
"""The limits of processes, without RLIMIT_, those that are set most first."""
