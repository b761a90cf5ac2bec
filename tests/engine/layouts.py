"""Small repositories in which projects are related in every possible way."""

from __future__ import annotations

WEB = "services:\n  web:\n    image: nginx\n    env_file: web.env\n"
NODE = "FROM node:22\nCOPY . /app\nCMD npm start\n"

LAYOUTS: dict[str, dict[str, str]] = {
    "apart": {
        "a/compose.yaml": WEB,
        "a/web.env": "PASSWORD=hunter2hunter2\n",
        "b/compose.yaml": 'version: "3"\nservices:\n  db:\n    image: postgres:16\n',
        "c/Dockerfile": NODE,
    },
    "a misspelt Dockerfile of another folder": {
        "a/compose.yaml": "services:\n  web:\n    build: {context: ../b, dockerfile: Dockerfil}\n",
        "b/keep.txt": "x\n",
        "b/Dockerfile": NODE,
    },
    "an env file of another program": {
        "a/compose.yaml": "services:\n  web:\n    image: nginx\n",
        "tool/lists.env": "LIST[0]=a\nMY NAME=x\n",
    },
    "built from above": {
        "compose.yaml": "services:\n  api:\n    build: ./api\n  web:\n    build: ./web\n",
        "api/Dockerfile": NODE,
        "api/.dockerignore": "node_modules\n",
        "web/Dockerfile": "FROM nginx:1.27\nCOPY gone /\n",
    },
    "built from beside": {
        "stack/compose.yaml": "services:\n  api:\n    build: ../api\n    image: shop/api\n",
        "api/Dockerfile": NODE,
        "worker/Dockerfile": "FROM shop/api\nRUN apt-get install curl\n",
    },
    "extended": {
        "base/common.compose.yaml": "services:\n  base:\n    image: redis\n    privileged: true\n",
        "a/compose.yaml": (
            "services:\n  cache:\n    extends: {file: ../base/common.compose.yaml, service: base}\n"
        ),
    },
    "included": {
        "compose.yaml": "include:\n  - db/compose.yaml\nservices:\n  web:\n    image: nginx\n",
        "db/compose.yaml": "services:\n  db:\n    image: postgres\n    ports: ['5432:5432']\n",
    },
    "included upwards": {
        "a/compose.yaml": "include: ['../shared/compose.yaml']\n",
        "b/compose.yaml": "include: ['../shared/compose.yaml']\n",
        "shared/compose.yaml": "services:\n  db:\n    image: mysql\n    restart: always\n",
    },
    "merged": {
        "compose.yaml": "services:\n  web:\n    image: nginx\n",
        "compose.override.yaml": "services:\n  web:\n    privileged: true\n    ports: ['80:80']\n",
        "compose.prod.yaml": "services:\n  web:\n    restart: always\n",
        ".env": "COMPOSE_FILE=compose.yaml:compose.prod.yaml\nTOKEN=ghp_notreal\n",
    },
    "broken": {
        "a/compose.yaml": "services:\n  web: {image: nginx\n",
        "b/compose.yaml": "services:\n  web:\n    image: 3\n    nonsense: true\n",
        "c/Dockerfile": "RUN <<EOF\n",
        "d/Dockerfile": "",
    },
    "suppressed": {
        "a/compose.yaml": "services:\n  # composelint: ignore[CF201]: small\n  web:\n    image: nginx\n",
        "b/Dockerfile": "# composelint: file-ignore[DF101]: mirror\nFROM node\n",
    },
}
