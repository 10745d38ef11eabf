// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.text.Utf8;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A session's attributes, as one request sees and changes them. */
final class Attributes {
  private static final String MASK = "***";

  private final Site site;
  private final LoadedSession found;
  private final Changes.Pending pending;

  Attributes(Site site, LoadedSession found, Changes.Pending pending) {
    this.site = site;
    this.found = found;
    this.pending = pending;
  }

  Map<String, String> all() {
    return after(found.load());
  }

  /** All of this session's, sensitive ones masked. Asks no store. */
  Map<String, String> shown(@Nullable StoredSession loaded) {
    Map<String, String> all = after(loaded);
    all.replaceAll((name, value) -> SessionKey.isSensitive(name) ? MASK : value);
    return all;
  }

  private Map<String, String> after(@Nullable StoredSession loaded) {
    return pending.changes().applyTo(loaded == null ? Map.of() : loaded.attributes());
  }

  Optional<String> get(String name) {
    return pending.get(name, stored());
  }

  private Map<String, String> stored() {
    StoredSession current = found.load();
    return current == null ? Map.of() : current.attributes();
  }

  /** Empty if it is absent, or unreadable, which is counted. */
  <T> Optional<T> read(SessionKey<T> key) {
    Optional<String> text = get(key.name());
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> value = key.read(text.get());
    if (value.isEmpty()) {
      StoredSession current = found.load();
      site.events().unreadableAttribute(key.name(), current == null ? "new" : current.handle());
    }
    return value;
  }

  void set(String name, String value) {
    if (!Utf8.canWrite(name) || !Utf8.canWrite(value)) {
      throw new IllegalArgumentException(
          "attribute '" + name + "' holds half of a surrogate pair, which UTF-8 cannot write");
    }
    found.use();
    pending.set(name, value);
  }

  <T> void set(SessionKey<T> key, T value) {
    if (key.merge() == Merge.COUNTER && value instanceof Long number) {
      move(key.name(), difference(key.name(), number));
      return;
    }
    guard(key);
    set(key.name(), key.write(value));
  }

  void remove(String name) {
    found.use();
    pending.remove(name);
  }

  void remove(SessionKey<?> key) {
    guard(key);
    remove(key.name());
  }

  private void guard(SessionKey<?> key) {
    if (key.merge() == Merge.REJECT) {
      pending.guard(key.name());
    }
  }

  <T> Optional<T> pop(SessionKey<T> key) {
    Optional<T> value = read(key);
    if (get(key.name()).isPresent()) {
      remove(key);
    }
    return value;
  }

  long add(String name, long delta) {
    if (Changes.counter(get(name).orElse("0")).isEmpty()) {
      throw new IllegalStateException("attribute '" + name + "' is not a counter");
    }
    return move(name, delta);
  }

  long add(SessionKey<Long> key, long delta) {
    if (key.merge() != Merge.COUNTER) {
      throw new IllegalArgumentException(
          "attribute '%s' is not a counter: declare it with SessionKey.counter"
              .formatted(key.name()));
    }
    return move(key.name(), delta);
  }

  private long move(String name, long delta) {
    if (!Utf8.canWrite(name)) {
      throw new IllegalArgumentException(
          "counter '" + name + "' holds half of a surrogate pair, which UTF-8 cannot write");
    }
    long sum = Changes.sum(name, count(name), delta);
    pending.add(name, delta, sum);
    return sum;
  }

  private long difference(String name, long number) {
    try {
      return Math.subtractExact(number, count(name));
    } catch (ArithmeticException e) {
      throw new IllegalStateException("counter '" + name + "' would overflow", e);
    }
  }

  /** What is no counter counts as 0, as in every store. */
  private long count(String name) {
    return get(name).flatMap(Changes::counter).orElse(0L);
  }
}
