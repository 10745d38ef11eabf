// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** The newest few of what belongs to experiments that were begun. Thread-safe. */
final class Bounded<T> {
  private static final int MOST = 200;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, T> values =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
          return size() > MOST;
        }
      };

  T getOrMake(String name, Supplier<T> missing) {
    lock.lock();
    try {
      return values.computeIfAbsent(name, n -> missing.get());
    } finally {
      lock.unlock();
    }
  }

  Optional<T> get(String name) {
    lock.lock();
    try {
      return Optional.ofNullable(values.get(name));
    } finally {
      lock.unlock();
    }
  }

  void put(String name, T value) {
    lock.lock();
    try {
      values.put(name, value);
    } finally {
      lock.unlock();
    }
  }

  void remove(String name) {
    lock.lock();
    try {
      values.remove(name);
    } finally {
      lock.unlock();
    }
  }
}
