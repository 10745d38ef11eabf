// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.memory;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All slots of a store, by handle and by person, in the order in which they end. Every method but
 * {@link #locked} is for whoever holds the lock.
 */
final class Table {
  /** More than one, so that what has ended goes faster than new sessions come. */
  private static final int SWEPT_BY_EACH_NEW_ONE = 2;

  private record End(Instant at, String handle) {}

  private static final Comparator<End> SOONEST_FIRST =
      Comparator.comparing(End::at).thenComparing(End::handle);

  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Slot> slots = new HashMap<>();
  private final Map<String, Map<String, Slot.Kept>> people = new HashMap<>();
  private final NavigableSet<End> endsOfPeople = new TreeSet<>(SOONEST_FIRST);
  private final NavigableSet<End> otherEnds = new TreeSet<>(SOONEST_FIRST);

  Table(int capacity) {
    this.capacity = capacity;
  }

  <T> T locked(Supplier<T> step) {
    lock.lock();
    try {
      return step.get();
    } finally {
      lock.unlock();
    }
  }

  Optional<Slot> get(String handle) {
    return Optional.ofNullable(slots.get(handle));
  }

  /** Puts a slot in the place of what is there. */
  void put(String handle, Slot slot) {
    remove(handle);
    slots.put(handle, slot);
    ends(slot).add(new End(slot.deadline(), handle));
    if (slot instanceof Slot.Kept kept) {
      kept.person()
          .ifPresent(id -> people.computeIfAbsent(id, none -> new HashMap<>()).put(handle, kept));
    }
  }

  @Nullable Slot remove(String handle) {
    Slot old = slots.remove(handle);
    if (old != null) {
      ends(old).remove(new End(old.deadline(), handle));
      old.person().ifPresent(id -> forget(id, handle));
    }
    return old;
  }

  private void forget(String person, String handle) {
    Map<String, Slot.Kept> theirs = people.get(person);
    if (theirs != null && theirs.remove(handle) != null && theirs.isEmpty()) {
      people.remove(person);
    }
  }

  private NavigableSet<End> ends(Slot slot) {
    return slot.person().isPresent() ? endsOfPeople : otherEnds;
  }

  /** Makes room for one slot more. */
  void makeRoom(Instant now) {
    for (int i = 0; i < SWEPT_BY_EACH_NEW_ONE; i++) {
      removeFirstIfEnded(otherEnds, now);
      removeFirstIfEnded(endsOfPeople, now);
    }
    while (slots.size() >= capacity) {
      NavigableSet<End> first = otherEnds.isEmpty() ? endsOfPeople : otherEnds;
      remove(first.first().handle());
    }
  }

  private void removeFirstIfEnded(NavigableSet<End> ends, Instant now) {
    if (!ends.isEmpty() && !ends.first().at().isAfter(now)) {
      remove(ends.first().handle());
    }
  }

  /** A person's sessions, live or not, the oldest sign-in first, by handle. */
  List<Map.Entry<String, Slot.Kept>> of(String person) {
    return people.getOrDefault(person, Map.of()).entrySet().stream()
        .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparing(entry -> entry.getValue().signedIn()))
        .toList();
  }

  Stream<Slot.Kept> sessions() {
    return slots.values().stream().filter(Slot.Kept.class::isInstance).map(Slot.Kept.class::cast);
  }

  void clear() {
    slots.clear();
    people.clear();
    endsOfPeople.clear();
    otherEnds.clear();
  }

  int size() {
    return slots.size();
  }
}
