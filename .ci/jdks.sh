# For scripts to source: which JDKs this machine has.

# The JDKs that lmsctl and Maven's toolchains find: named ones, those on the PATH, their neighbours.
# Prints one line each: major version, folder.
jdks() {
  {
    printf '%s\n' "${LMS_JAVA_HOME:-}" "${JAVA_HOME:-}"
    type -ap java | while read -r java; do
      home=$(readlink -f "$java")
      printf '%s\n' "${home%/bin/java}"
    done
  } | while read -r home; do
    [ -z "$home" ] || printf '%s\n' "$home" "${home%/*}"/*
  done | while read -r home; do
    # Without javac it is no JDK.
    [ -x "$home/bin/javac" ] || continue
    major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
    [ -z "$major" ] || echo "$major $(readlink -f "$home")"
  done | sort -u
}

# The folder of a JDK 17, or of the newest from 25 on; nothing if there is none.
jdk17() { jdks | awk '$1 == 17 { print $2; exit }'; }
jdk25() { jdks | sort -rn | awk '$1 >= 25 { print $2; exit }'; }
