// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.policy.Fact;
import dev.lms.pagecache.policy.Received;
import dev.lms.pagecache.policy.Rendered;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/** What happened while a page was rendered, said one by one. */
record Render(
    PageRule rule,
    Asker asker,
    Variant variant,
    int status,
    Fields fields,
    Set<String> tags,
    boolean complete,
    boolean withinCap,
    boolean readPersonal,
    boolean readUnkeyed,
    boolean sameAsker,
    Received received) {
  Render(
      PageRule rule,
      Asker asker,
      Variant variant,
      int status,
      Fields fields,
      Set<String> tags,
      boolean complete,
      boolean withinCap,
      boolean readPersonal,
      boolean readUnkeyed,
      boolean sameAsker) {
    this(
        rule,
        asker,
        variant,
        status,
        fields,
        tags,
        complete,
        withinCap,
        readPersonal,
        readUnkeyed,
        sameAsker,
        new Received(Fields.NONE, Instant.EPOCH, Instant.EPOCH));
  }

  Rendered facts() {
    Set<Fact> facts = EnumSet.noneOf(Fact.class);
    add(facts, !complete, Fact.CUT_SHORT);
    add(facts, !withinCap, Fact.TOO_LONG);
    add(facts, readPersonal, Fact.READ_PERSON);
    add(facts, readUnkeyed, Fact.READ_UNKEYED);
    add(facts, !sameAsker, Fact.ASKER_CHANGED);
    add(facts, asker.isAnonymous(), Fact.STRANGER_ASKED);
    add(facts, variant.kind() == Variant.Kind.USER, Fact.FOR_ONE_PERSON);
    return new Rendered(rule.terms(), status, fields, tags.size(), facts, received);
  }

  private static void add(Set<Fact> facts, boolean happened, Fact fact) {
    if (happened) {
      facts.add(fact);
    }
  }
}
