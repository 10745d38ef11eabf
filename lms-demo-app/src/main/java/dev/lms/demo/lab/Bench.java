// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.HttpProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * What an experiment works with: two worker processes, requests to them, and a name for all that it
 * leaves behind.
 */
record Bench(LabWorker one, LabWorker two, Exchange exchange, String run) {
  Person person() {
    return new Person(exchange);
  }

  /** Which of the two a load balancer that takes turns would ask. */
  LabWorker turn(int i) {
    return i % 2 == 0 ? one : two;
  }

  /** Has a worker do something; returns what it says about it. */
  String tell(LabWorker worker, String what, String... fields) {
    return exchange.tell(worker, what, form(fields)).body();
  }

  static Map<String, String> form(String... fields) {
    Map<String, String> form = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      form.put(fields[i], fields[i + 1]);
    }
    return form;
  }

  /**
   * Has two requests read before either writes, the first on one worker, the second on the other.
   */
  List<String> race(String gate, Supplier<String> first, Supplier<String> second) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> one = threads.submit(first::get);
      Future<String> two = threads.submit(second::get);
      tell(this.one, "gate/await", "gate", gate, "count", "1");
      tell(this.two, "gate/await", "gate", gate, "count", "1");
      tell(this.one, "gate/open", "gate", gate);
      String before = result(one);
      tell(this.two, "gate/open", "gate", gate);
      return List.of(before, result(two));
    }
  }

  /** Lets a request read, something else happen, and the request write. */
  String overtake(LabWorker slow, String gate, Supplier<String> request, Runnable meanwhile) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> late = threads.submit(request::get);
      tell(slow, "gate/await", "gate", gate, "count", "1");
      meanwhile.run();
      tell(slow, "gate/open", "gate", gate);
      return result(late);
    }
  }

  /** Does something so often at once; the gate opens when some have arrived at it. */
  void crowd(LabWorker worker, String gate, int arrivals, int size, Runnable visit) {
    tell(worker, "gate/open-at", "gate", gate, "count", Integer.toString(arrivals));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> visits = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        visits.add(
            threads.submit(
                () -> {
                  visit.run();
                  return "";
                }));
      }
      visits.forEach(Bench::result);
    }
  }

  private static String result(Future<String> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Exchange.failed("The experiment was interrupted.");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof HttpProblem problem
          ? problem
          : Exchange.failed("A request of the experiment failed: " + e.getCause());
    }
  }
}
