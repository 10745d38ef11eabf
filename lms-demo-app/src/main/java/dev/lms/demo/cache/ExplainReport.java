// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lms.pagecache.Explanation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why a page is stored or not, in words.
 *
 * @param user who asks; null: a stranger
 * @param showKey whether the parts of the key may be shown
 */
public record ExplainReport(
    String target, @Nullable String user, PageExplainer.Answer answer, boolean showKey) {
  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private static final String HIDDEN = "(hidden in production)";

  /** For programs. */
  public String json() {
    Explanation explained = answer.explanation();
    JsonObject json = new JsonObject();
    json.addProperty("url", target);
    json.addProperty("as", user);
    json.addProperty("route", explained.route());
    json.addProperty("variant", explained.variant().kind().token());
    JsonArray key = new JsonArray();
    for (Explanation.Part part : explained.key()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("part", part.name());
      entry.addProperty("value", showKey ? part.value() : HIDDEN);
      key.add(entry);
    }
    json.add("key", key);
    json.add("request", steps(explained.request()));
    json.add("answer", steps(explained.render()));
    Optional<Duration> stored = explained.stored();
    json.addProperty("stored", stored.isPresent());
    if (stored.isPresent()) {
      json.addProperty("ttl", stored.get().toSeconds());
      json.add("tags", JSON.toJsonTree(new TreeSet<>(explained.tags())));
    }
    explained
        .refusal()
        .ifPresent(
            refusal -> {
              json.addProperty("reason", refusal.reason());
              json.addProperty("meaning", refusal.meaning());
            });
    json.addProperty("status", answer.status());
    json.addProperty("cacheStatus", answer.cacheStatus());
    return JSON.toJson(json) + System.lineSeparator();
  }

  private static JsonArray steps(List<Explanation.Step> steps) {
    JsonArray array = new JsonArray();
    for (Explanation.Step step : steps) {
      JsonObject entry = new JsonObject();
      entry.addProperty("step", step.reason());
      entry.addProperty("verdict", step.objects() ? "pass" : "ok");
      array.add(entry);
    }
    return array;
  }

  /**
   * For people.
   *
   * @param verbose with the steps that had nothing to object to
   */
  public String text(boolean verbose) {
    Explanation explained = answer.explanation();
    StringBuilder text = new StringBuilder();
    text.append("GET %s as %s%n".formatted(target, user == null ? "a stranger" : user));
    text.append("Route    %s%n".formatted(explained.route()));
    text.append("Variant  %s%n".formatted(explained.variant().kind().token()));
    String label = "Key      ";
    for (Explanation.Part part : explained.key()) {
      text.append("%s%-9s %s%n".formatted(label, part.name(), showKey ? part.value() : HIDDEN));
      label = "         ";
    }
    if (verbose) {
      append(text, "Request", explained.request());
      append(text, "Answer", explained.render());
    } else {
      text.append("Decided  %s%n".formatted(decisive(explained)));
    }
    explained
        .stored()
        .ifPresent(
            ttl ->
                text.append(
                    "Stored   for %d s, purged by its path and by the tags %s%n"
                        .formatted(ttl.toSeconds(), new TreeSet<>(explained.tags()))));
    explained
        .refusal()
        .ifPresent(
            refusal ->
                text.append("Refused  %s: %s%n".formatted(refusal.reason(), refusal.meaning())));
    text.append("Answered %d, Cache-Status: %s%n".formatted(answer.status(), answer.cacheStatus()));
    return text.toString();
  }

  private static String decisive(Explanation explained) {
    List<Explanation.Step> steps =
        Stream.concat(explained.request().stream(), explained.render().stream()).toList();
    return steps.stream()
            .filter(Explanation.Step::objects)
            .findFirst()
            .map(step -> step.reason())
            .orElse("by none: all " + steps.size() + " steps are ok")
        + " (-v prints every step)";
  }

  private static void append(StringBuilder text, String what, List<Explanation.Step> steps) {
    String label = "%-9s".formatted(what);
    boolean decided = false;
    for (Explanation.Step step : steps) {
      String verdict = step.objects() ? "PASS: " + step.meaning() : "ok";
      text.append(
          "%s%-13s %s%s%n"
              .formatted(
                  label,
                  step.reason(),
                  verdict,
                  step.objects() && decided ? " (not decisive)" : ""));
      decided |= step.objects();
      label = "         ";
    }
  }
}
