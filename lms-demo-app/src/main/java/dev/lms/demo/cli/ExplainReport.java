package dev.lms.demo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lms.demo.cache.PageExplainer;
import dev.lms.pagecache.Explanation;
import dev.lms.pagecache.PageKey;
import dev.lms.pagecache.Reason;
import dev.lms.pagecache.StoragePolicy;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.Verdict;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why a page is stored or not, in words.
 *
 * @param user who asks; null: a stranger
 * @param showKey whether the parts of the key may be shown
 */
record ExplainReport(
    String target, @Nullable String user, PageExplainer.Answer answer, boolean showKey) {
  private static final String HIDDEN = "(hidden in production)";

  /** For programs. */
  String json() {
    Explanation explained = answer.explanation();
    JsonObject json = new JsonObject();
    json.addProperty("url", target);
    json.addProperty("as", user);
    json.addProperty("route", explained.route());
    json.addProperty("variant", variant(explained).kind().token());
    JsonArray key = new JsonArray();
    for (PageKey.Part part : parts(explained)) {
      JsonObject entry = new JsonObject();
      entry.addProperty("part", part.name());
      entry.addProperty("value", showKey ? part.value() : HIDDEN);
      key.add(entry);
    }
    json.add("key", key);
    json.add("request", steps(explained.request()));
    json.add("answer", steps(explained.render()));
    json.addProperty("stored", explained.verdict() instanceof Verdict.Store);
    switch (explained.verdict()) {
      case Verdict.Store store -> {
        json.addProperty("ttl", store.ttl().toSeconds());
        json.add("tags", CacheCommand.JSON.toJsonTree(new TreeSet<>(explained.tags())));
      }
      case Verdict.Pass pass -> {
        json.addProperty("reason", pass.reason().token());
        json.addProperty("meaning", pass.reason().meaning());
      }
    }
    json.addProperty("status", answer.status());
    json.addProperty("cacheStatus", answer.cacheStatus());
    return CacheCommand.JSON.toJson(json) + System.lineSeparator();
  }

  private static JsonArray steps(List<StoragePolicy.Answered> steps) {
    JsonArray array = new JsonArray();
    for (StoragePolicy.Answered step : steps) {
      JsonObject entry = new JsonObject();
      entry.addProperty("step", step.reason().token());
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
  String text(boolean verbose) {
    Explanation explained = answer.explanation();
    StringBuilder text = new StringBuilder();
    text.append("GET %s as %s%n".formatted(target, user == null ? "a stranger" : user));
    text.append("Route    %s%n".formatted(explained.route()));
    text.append("Variant  %s%n".formatted(variant(explained).kind().token()));
    String label = "Key      ";
    for (PageKey.Part part : parts(explained)) {
      text.append("%s%-9s %s%n".formatted(label, part.name(), showKey ? part.value() : HIDDEN));
      label = "         ";
    }
    if (verbose) {
      append(text, "Request", explained.request());
      append(text, "Answer", explained.render());
    } else {
      text.append("Decided  %s%n".formatted(decisive(explained)));
    }
    text.append(
        switch (explained.verdict()) {
          case Verdict.Store store ->
              "Stored   for %d s, purged by its path and by the tags %s%n"
                  .formatted(store.ttl().toSeconds(), new TreeSet<>(explained.tags()));
          case Verdict.Pass pass ->
              "Refused  %s: %s%n".formatted(pass.reason().token(), pass.reason().meaning());
        });
    text.append("Answered %d, Cache-Status: %s%n".formatted(answer.status(), answer.cacheStatus()));
    return text.toString();
  }

  private static String decisive(Explanation explained) {
    List<StoragePolicy.Answered> steps =
        Stream.concat(explained.request().stream(), explained.render().stream()).toList();
    return steps.stream()
            .filter(StoragePolicy.Answered::objects)
            .findFirst()
            .map(step -> step.reason().token())
            .orElse("by none: all " + steps.size() + " steps are ok")
        + " (-v prints every step)";
  }

  private static void append(StringBuilder text, String what, List<StoragePolicy.Answered> steps) {
    String label = "%-9s".formatted(what);
    boolean decided = false;
    for (StoragePolicy.Answered step : steps) {
      Reason reason = step.reason();
      String verdict = step.objects() ? "PASS: " + reason.meaning() : "ok";
      text.append(
          "%s%-13s %s%s%n"
              .formatted(
                  label,
                  reason.token(),
                  verdict,
                  step.objects() && decided ? " (not decisive)" : ""));
      decided |= step.objects();
      label = "         ";
    }
  }

  private static List<PageKey.Part> parts(Explanation explained) {
    return explained
        .key()
        .map(key -> key.withVariant(variant(explained)).parts())
        .orElse(List.of());
  }

  /** For whom it is stored, or would be. */
  private static Variant variant(Explanation explained) {
    return explained.verdict() instanceof Verdict.Store store
        ? store.variant()
        : explained
            .key()
            .map(PageKey::variant)
            .orElseGet(() -> explained.asker().map(Variant::user).orElse(Variant.UNKNOWN));
  }
}
