// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.strip;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Explanation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the strip prints. No names: neither of the person who asks nor of others.
 *
 * @param word what the page cache did
 * @param kind the same for the style sheet
 * @param facts the line behind it
 * @param reason why the page is not stored
 * @param leak what the page says about one person though others share it
 * @param key the parts of the key
 * @param request what was asked of the request before the cache was
 * @param render what was asked of the page before it was stored
 * @param another where the same page is to be had from another worker
 */
record Strip(
    String stylesheet,
    String word,
    String kind,
    List<String> facts,
    Optional<String> reason,
    Optional<String> leak,
    boolean explained,
    String route,
    boolean hasKey,
    List<Explanation.Part> key,
    String tags,
    String holes,
    List<Step> request,
    boolean hasRender,
    List<Step> render,
    String another) {

  /** A step of the policy. */
  record Step(String question, String answer, boolean objects) {}

  static Strip of(
      HttpExchange exchange,
      Fate fate,
      Trace trace,
      Duration took,
      RememberedRenders.Render render,
      Optional<String> leak,
      String store,
      String address,
      String stylesheet) {
    Optional<Explanation> explanation = render.explanation();
    List<Step> ofRender = explanation.map(e -> steps(e.render())).orElse(List.of());
    List<Explanation.Part> key = explanation.map(Strip::parts).orElse(List.of());
    return new Strip(
        stylesheet,
        fate.word(),
        fate.isFromCache() ? "hit" : fate.reason().isPresent() ? "pass" : "miss",
        facts(exchange, fate, trace, took, render, store),
        fate.reason(),
        leak,
        explanation.isPresent(),
        explanation.map(Explanation::route).orElse(""),
        !key.isEmpty(),
        key,
        explanation.map(e -> String.join(", ", e.tags().stream().sorted().toList())).orElse(""),
        String.join(", ", trace.holes()),
        explanation.map(e -> steps(e.request())).orElse(List.of()),
        !ofRender.isEmpty(),
        ofRender,
        "/lab/another-worker?to=" + URLEncoder.encode(address, StandardCharsets.UTF_8));
  }

  private static List<String> facts(
      HttpExchange exchange,
      Fate fate,
      Trace trace,
      Duration took,
      RememberedRenders.Render render,
      String store) {
    List<String> facts = new ArrayList<>();
    if (!fate.variant().isEmpty()) {
      facts.add(fate.variant());
    }
    if (fate.secondsLeft().isPresent()) {
      String age = exchange.getResponseHeaders().getFirst("Age");
      facts.add("age " + (age == null ? "0" : age) + " s");
      facts.add(fate.secondsLeft().getAsLong() + " s left");
    }
    boolean saved = fate.isFromCache() && !render.took().isZero();
    facts.add(millis(took) + (saved ? " (render " + millis(render.took()) + " saved)" : ""));
    facts.add("session " + store + ", " + roundTrips(trace.storeCalls()));
    facts.add(
        "worker " + ProcessHandle.current().pid() + " :" + exchange.getLocalAddress().getPort());
    return facts;
  }

  private static String roundTrips(int calls) {
    return calls == 1 ? "1 round trip" : calls + " round trips";
  }

  private static String millis(Duration time) {
    return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
  }

  /** What tells one person's page from another's would name them. */
  private static List<Explanation.Part> parts(Explanation explanation) {
    return explanation.key().stream()
        .map(
            part -> part.name().equals("name") ? new Explanation.Part("name", "(not shown)") : part)
        .toList();
  }

  private static List<Step> steps(List<Explanation.Step> answers) {
    List<Step> steps = new ArrayList<>();
    boolean decided = false;
    for (Explanation.Step answer : answers) {
      boolean decides = answer.objects() && !decided;
      decided |= answer.objects();
      steps.add(
          new Step(
              answer.meaning(),
              decides ? "yes, and that decides" : answer.objects() ? "yes" : "no",
              answer.objects()));
    }
    return steps;
  }
}
