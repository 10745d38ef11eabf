// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Status and fields of a servlet's answer, until it begins. */
final class AnswerHead {
  private static final String CONTENT_TYPE = "Content-Type";
  private static final String CHARSET = "charset=";

  private final Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private int status = 200;
  private @Nullable String type;
  private @Nullable String charset;
  private boolean charsetIsFixed;
  private @Nullable Locale locale;

  int status() {
    return status;
  }

  void status(int code) {
    status = code;
  }

  @Nullable Locale locale() {
    return locale;
  }

  void locale(Locale spoken) {
    locale = spoken;
    set("Content-Language", spoken.toLanguageTag());
  }

  @Nullable String charset() {
    return charset;
  }

  /** One that was set after a writer was given out is too late. */
  void charset(@Nullable String name) {
    if (!charsetIsFixed) {
      charset = name;
    }
  }

  /** The charset that a writer uses; the answer says so. */
  void fixCharset(String name) {
    charset = name;
    charsetIsFixed = true;
  }

  /** The type without its charset. */
  @Nullable String plainType() {
    return type;
  }

  @Nullable String type() {
    return type == null || charset == null ? type : type + ";" + CHARSET + charset;
  }

  void type(@Nullable String said) {
    type = null;
    if (said == null) {
      return;
    }
    StringBuilder plain = new StringBuilder();
    for (String part : said.split(";", -1)) {
      String parameter = part.strip();
      if (parameter.regionMatches(true, 0, CHARSET, 0, CHARSET.length())) {
        charset(parameter.substring(CHARSET.length()).replace("\"", ""));
      } else if (!parameter.isEmpty()) {
        plain.append(plain.length() == 0 ? "" : ";").append(parameter);
      }
    }
    type = plain.toString();
  }

  /** Everything again, as for a new answer. */
  void clear() {
    fields.clear();
    status = 200;
    type = null;
    charset = null;
    charsetIsFixed = false;
    locale = null;
  }

  Map<String, List<String>> fields() {
    Map<String, List<String>> all = new TreeMap<>(fields);
    String now = type();
    if (now != null) {
      all.put(CONTENT_TYPE, List.of(now));
    }
    return all;
  }

  List<String> lines(String name) {
    return fields().getOrDefault(name, List.of());
  }

  void set(String name, @Nullable String line) {
    if (name.equalsIgnoreCase(CONTENT_TYPE)) {
      type(line);
    } else if (line == null) {
      fields.remove(name);
    } else {
      fields.put(name, new ArrayList<>(List.of(line)));
    }
  }

  void add(String name, @Nullable String line) {
    if (name.equalsIgnoreCase(CONTENT_TYPE)) {
      type(line);
    } else if (line != null) {
      fields.computeIfAbsent(name, first -> new ArrayList<>()).add(line);
    }
  }
}
