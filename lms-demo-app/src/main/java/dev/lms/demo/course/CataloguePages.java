// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.pagecache.PageRule;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The catalogue: search, filters, order and pages. */
public final class CataloguePages {
  private static final int LAST_PAGE = 1_000_000;

  /** What is longer is cut, so that no search is as large as its answer. */
  private static final int LONGEST_SEARCH = 100;

  private final Catalogue catalogue;
  private final Pages pages;
  private final Duration ttl;

  /**
   * The page.
   *
   * @param ttl how long a copy of it may be shown
   */
  public CataloguePages(Catalogue catalogue, Pages pages, Duration ttl) {
    this.catalogue = catalogue;
    this.pages = pages;
    this.ttl = ttl;
  }

  /** Its route. */
  public List<PageRoute> routes() {
    return List.of(
        PageRoute.get(
                "/course/explore",
                PageRule.shared(ttl).withParameters("page", "tag", "q", "level", "sort"),
                this::explore)
            .anonymousInOutage());
  }

  /** A way to other courses. */
  private record Choice(String name, int count, String address, boolean current) {}

  private record Step(int number, String address, boolean current) {}

  private record Explore(
      List<CourseCard> courses,
      String heading,
      String found,
      boolean empty,
      String search,
      String tag,
      String level,
      String sort,
      String everything,
      boolean hasFilters,
      List<Choice> levels,
      Choice anyLevel,
      List<Choice> topics,
      Choice anyTopic,
      List<Choice> orders,
      boolean hasOrders,
      String missing,
      boolean manyPages,
      List<Step> numbers,
      String previous,
      String next) {}

  private void explore(Request request) throws IOException {
    Filter filter =
        new Filter(
            given(request, "q").map(CataloguePages::words),
            given(request, "tag"),
            given(request, "level"),
            given(request, "sort").flatMap(CataloguePages::sort));
    int asked = pageNumber(request);
    CoursePage page = catalogue.page(filter, asked);
    if (page.courses().isEmpty() || !isOwnAddress(request, filter, asked, page)) {
      // Anybody can think of any number of these: they are not a page of the cache each.
      request.header("Cache-Control", "no-store");
    }
    pages.show(request, 200, "courses", model(filter, asked, page), Set.of("courses"));
  }

  private static Explore model(Filter filter, int asked, CoursePage page) {
    int number = page.number();
    int last = page.last();
    return new Explore(
        page.courses().stream().map(CourseCard::of).toList(),
        heading(filter),
        found(page),
        page.courses().isEmpty(),
        filter.search().orElse(""),
        filter.tag().orElse(""),
        filter.level().orElse(""),
        filter.sort().map(Filter.Sort::token).orElse(""),
        Filter.ALL.address(1),
        !page.courses().isEmpty() || filter.hasChoices(),
        levels(filter, page),
        new Choice(
            "Any level",
            page.levels().stream().mapToInt(CoursePage.Count::courses).sum(),
            filter.withLevel(Optional.empty()).address(1),
            filter.level().isEmpty()),
        page.topics().stream().map(topic -> topic(filter, topic)).toList(),
        new Choice(
            "Any topic", 0, filter.withTag(Optional.empty()).address(1), filter.tag().isEmpty()),
        orders(filter),
        page.total() > 1,
        asked > last ? "There is no page " + asked + ": this is the last one." : "",
        last > 1,
        IntStream.rangeClosed(1, last)
            .filter(n -> n == 1 || n == last || Math.abs(n - number) <= 2)
            .mapToObj(n -> new Step(n, filter.address(n), n == number))
            .toList(),
        number > 1 ? filter.address(number - 1) : "",
        number < last ? filter.address(number + 1) : "");
  }

  private static String heading(Filter filter) {
    StringBuilder heading = new StringBuilder();
    filter.search().ifPresent(words -> heading.append("Search for “").append(words).append('”'));
    if (heading.isEmpty()) {
      heading.append("Courses");
    }
    filter.tag().ifPresent(tag -> heading.append(" tagged ").append(tag));
    filter.level().ifPresent(level -> heading.append(", ").append(level));
    return heading.toString();
  }

  private static String found(CoursePage page) {
    String courses = page.total() == 1 ? "1 course" : page.total() + " courses";
    return page.last() == 1 ? courses : courses + " · page " + page.number() + " of " + page.last();
  }

  private static List<Choice> levels(Filter filter, CoursePage page) {
    return Arrays.stream(Level.values())
        .map(
            level ->
                new Choice(
                    level.label(),
                    count(page.levels(), level.token()),
                    filter.withLevel(Optional.of(level.token())).address(1),
                    filter.level().equals(Optional.of(level.token()))))
        .filter(choice -> choice.count() > 0 || choice.current())
        .toList();
  }

  private static int count(List<CoursePage.Count> counts, String name) {
    return counts.stream()
        .filter(count -> count.name().equals(name))
        .mapToInt(CoursePage.Count::courses)
        .sum();
  }

  private static Choice topic(Filter filter, CoursePage.Count topic) {
    return new Choice(
        topic.name(),
        topic.courses(),
        filter.withTag(Optional.of(topic.name())).address(1),
        filter.tag().equals(Optional.of(topic.name())));
  }

  /** Whoever searches sees the best match first, unless they ask for another order. */
  private static List<Choice> orders(Filter filter) {
    boolean searching = filter.search().isPresent();
    Filter plain = filter.withSort(Optional.empty());
    List<Choice> orders = new ArrayList<>();
    orders.add(
        new Choice(
            searching ? "Best match" : Filter.Sort.TITLE.label(),
            0,
            plain.address(1),
            filter.sort().isEmpty()));
    for (Filter.Sort sort : Filter.Sort.values()) {
      if (searching || sort != Filter.Sort.TITLE) {
        orders.add(
            new Choice(
                sort.label(),
                0,
                filter.withSort(Optional.of(sort)).address(1),
                filter.sort().equals(Optional.of(sort))));
      }
    }
    return orders;
  }

  private static Optional<String> given(Request request, String name) {
    return request.query(name).map(String::strip).filter(text -> !text.isEmpty());
  }

  private static String words(String typed) {
    String line = typed.replaceAll("\\s+", " ");
    return line.substring(0, Math.min(line.length(), LONGEST_SEARCH)).strip();
  }

  private static Optional<Filter.Sort> sort(String token) {
    return Arrays.stream(Filter.Sort.values()).filter(s -> s.token().equals(token)).findFirst();
  }

  /**
   * Whether the address is one that the site's own links and forms spell, of a tag and level that
   * courses have: each such page is stored once. A search is one, too; which searches are kept, the
   * store decides by how often they come.
   */
  private static boolean isOwnAddress(Request request, Filter filter, int asked, CoursePage page) {
    return asked == page.number()
        && isOwn(request, "page", Integer.toString(asked), asked == 1)
        && isOwn(request, "tag", filter.tag().orElse(""), filter.tag().isEmpty())
        && isOwn(request, "level", filter.level().orElse(""), filter.level().isEmpty())
        && isOwn(request, "q", filter.search().orElse(""), filter.search().isEmpty())
        && isOwn(
            request,
            "sort",
            filter.sort().map(Filter.Sort::token).orElse(""),
            filter.sort().isEmpty());
  }

  private static boolean isOwn(Request request, String name, String value, boolean optional) {
    List<String> sent = request.queries(name);
    return sent.equals(List.of(value)) || (optional && sent.isEmpty());
  }

  private static int pageNumber(Request request) {
    String text = request.query("page").filter(p -> !p.isEmpty()).orElse("1");
    if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) == 0) {
      throw HttpProblem.badRequest("The page must be a whole number from 1, for example ?page=2.");
    }
    return (int) Math.min(Long.parseLong(text), LAST_PAGE);
  }
}
