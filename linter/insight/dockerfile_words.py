"""What the instructions, flags and mounts of Dockerfiles mean, in a sentence each."""

from __future__ import annotations

MEANINGS = {
    "FROM": "Begins a stage from an image, from an earlier stage, or from scratch.",
    "RUN": "Runs a command in the image that is being built, and keeps what it changes.",
    "COPY": "Copies files of the build context, or of another stage or image.",
    "ENV": "Sets variables for the instructions that follow and for the containers.",
    "ARG": "Declares a variable that whoever builds may set; containers do not get it.",
    "WORKDIR": "Sets the folder that relative paths start from, and makes it if it does not exist.",
    "USER": "Sets the user, and after a colon the group, of the instructions that follow and of containers.",
    "EXPOSE": "Notes a port that the program listens on; it publishes nothing.",
    "CMD": "Says what a container runs if it is given no command; the arguments of ENTRYPOINT if there is one.",
    "ENTRYPOINT": "Says what a container runs always; the command becomes its arguments.",
    "HEALTHCHECK": "Says how to tell whether a running container works.",
    "ADD": "Copies files as COPY does; it also fetches addresses and unpacks archives.",
    "LABEL": "Notes names and values about the image.",
    "VOLUME": "Makes a folder a volume: what is written there is kept outside of the container's layers.",
    "STOPSIGNAL": "Sets the signal that asks the container to stop.",
    "SHELL": "Sets the shell that runs commands written as a plain text.",
    "ONBUILD": "Defers an instruction to the builds that start from this image.",
    "MAINTAINER": "Names an author; a label does that today.",
}
"""The instructions, those that are written most first."""

FLAGS = {
    ("FROM", "platform"): "The platform of the image to start from.",
    ("COPY", "from"): "The stage or image to copy from instead of the build context.",
    ("", "chown"): "The user and group that own the copied files.",
    ("", "chmod"): "The permissions of the copied files.",
    ("", "link"): "Makes a layer of its own, which stays valid when earlier ones change.",
    ("", "parents"): "Keeps the folders of the sources.",
    ("", "exclude"): "Patterns of files that are not copied.",
    ("ADD", "checksum"): "The digest that what is fetched must have.",
    ("ADD", "keep-git-dir"): "Keeps the folder .git of a repository.",
    ("ADD", "unpack"): "Whether archives are unpacked.",
    ("RUN", "mount"): "Mounts a cache, secret, folder or agent while the command runs.",
    ("RUN", "network"): "The network while the command runs.",
    ("RUN", "security"): "Whether the command runs in the sandbox.",
    ("RUN", "device"): "A device that the command may use.",
    ("HEALTHCHECK", "interval"): "Time between two checks.",
    ("HEALTHCHECK", "timeout"): "How long one check may take.",
    (
        "HEALTHCHECK",
        "start-period",
    ): "Time after the start during which failed checks do not count.",
    ("HEALTHCHECK", "start-interval"): "Time between two checks during the start period.",
    (
        "HEALTHCHECK",
        "retries",
    ): "How many checks in a row must fail until the container counts as unhealthy.",
}
"""The flags by instruction; an empty one stands for several."""

MOUNTS = {
    "bind": "A folder of the context, a stage or an image.",
    "cache": "A folder that is kept between builds, such as that of a package manager.",
    "tmpfs": "A folder in memory.",
    "secret": "A secret as a file that no layer keeps.",
    "ssh": "The agent of whoever builds.",
    "shared": "Several builds use the cache at once.",
    "private": "Each build that uses the cache at the same time gets one of its own.",
    "locked": "A second build waits for the first.",
}
"""Kinds of mounts, and how caches are shared."""
