"""The worst day, against the whole product: parts killed, servers away, disks full."""
