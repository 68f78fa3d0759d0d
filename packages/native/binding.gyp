{
  "targets": [
    {
      "target_name": "addon",
      "sources": ["<!@(ls src/c/*.c)"],
      "cflags": ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2"],
      "defines": ["_GNU_SOURCE"],
    }
  ]
}
