// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.http.CacheAdvice;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.http.Vary;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The header fields of an answer, and what they tell browsers and the caches on its way. */
final class Head {
  private static final Set<String> READS = Set.of("GET", "HEAD");

  /** What names the bytes of an answer, of the whole or of a part: RFC 9530 and its ancestors. */
  private static final List<String> DIGESTS =
      List.of("Content-Digest", "Repr-Digest", "Digest", "Content-MD5");

  private Head() {}

  /** For bytes that are not those the handler has named. */
  static void dropDigests(PageAnswer answer) {
    for (String digest : DIGESTS) {
      if (!answer.lines(digest).isEmpty()) {
        answer.remove(digest);
      }
    }
  }

  /**
   * Writes them beside what filters in front of the cache have said.
   *
   * @param fields of the handler's answer
   * @param variesByCoding whether others get other bytes of the same page
   * @param hasHoles whether others see something else in it
   */
  static void write(
      Inquiry<?> inquiry,
      PageAnswer answer,
      Fields fields,
      boolean variesByCoding,
      boolean hasHoles) {
    Vary vary = new Vary();
    vary.addLines(answer.lines("Vary")); // What others said before.
    vary.addLines(fields.lines("Vary"));
    if (variesByCoding) {
      vary.add("Accept-Encoding");
    }
    fields.forEach(
        (name, lines) -> {
          if (name.equalsIgnoreCase("Set-Cookie")) {
            lines.forEach(line -> answer.add(name, line));
          } else if (!name.equalsIgnoreCase("Vary")) {
            answer.replace(name, lines);
          }
        });
    if (inquiry.named().followsRfc9111()) {
      adviseWhatTheAnswerCannotKnow(inquiry, answer, vary, hasHoles);
    } else {
      adviseBrowser(inquiry, answer, vary);
    }
    if (!vary.isEmpty()) {
      answer.set("Vary", vary.line());
    }
  }

  /**
   * What a browser may do with the answer: keep it, but ask each time, because people change. What
   * is never cached here is not kept there either, unless the handler said so.
   */
  private static void adviseBrowser(Inquiry<?> inquiry, PageAnswer answer, Vary vary) {
    List<String> said = answer.lines("Cache-Control");
    if (!READS.contains(inquiry.request().method())) {
      if (said.isEmpty()) {
        advise(answer, "no-store");
      }
    } else if (inquiry.named().rule().isPresent() || said.isEmpty()) {
      vary.add("Cookie");
      inquiry.named().rule().ifPresent(declared -> vary.addAll(declared.headers()));
      advise(answer, CacheAdvice.stricter(said, advice(inquiry)));
    }
  }

  private static String advice(Inquiry<?> inquiry) {
    String ask = inquiry.isOfAStranger() ? "no-cache" : "private, no-cache";
    return inquiry.named().rule().isPresent() ? ask : ask + ", no-store";
  }

  /** Says it to all caches: what tells some of them something else is dropped. */
  private static void advise(PageAnswer answer, String advice) {
    Set<String> others = null;
    for (String name : answer.names()) {
      if (CacheAdvice.overrides(name)) {
        others = others == null ? new HashSet<>() : others;
        others.add(name);
      }
    }
    if (others != null) {
      others.forEach(answer::remove);
    }
    answer.set("Cache-Control", advice);
  }

  /**
   * The answer says what other caches may do with it. What it cannot know is added: that people who
   * sign in see something else, and that what they see is theirs.
   */
  private static void adviseWhatTheAnswerCannotKnow(
      Inquiry<?> inquiry, PageAnswer answer, Vary vary, boolean hasHoles) {
    if (isForEveryone(inquiry) && !hasHoles) {
      return;
    }
    vary.add("Cookie");
    if (!inquiry.isOfAStranger() || hasHoles) {
      advise(answer, CacheAdvice.stricter(answer.lines("Cache-Control"), "private, no-cache"));
    }
  }

  /** Whether people get the same answers, apart from holes. */
  static boolean isForEveryone(Inquiry<?> inquiry) {
    return inquiry.named().rule().map(PageRule::audience).equals(Optional.of(Audience.EVERYONE));
  }
}
