// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.servlet.PageCacheFilter;
import dev.lms.session.Session;
import dev.lms.session.servlet.SessionFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The pages of the Spring Boot application in the tests, and its two people. */
@RestController
class SpringPages implements ErrorController {
  final CountDownLatch slowBegan = new CountDownLatch(1);
  final CountDownLatch slowMayEnd = new CountDownLatch(1);
  private final PageCache cache;
  private final AtomicInteger renders = new AtomicInteger();

  SpringPages(PageCache cache) {
    this.cache = cache;
  }

  @Bean
  static UserDetailsService people() {
    return new InMemoryUserDetailsManager(
        User.withUsername("ann").password("{noop}a").roles("STUDENT").build(),
        User.withUsername("bob").password("{noop}b").roles("INSTRUCTOR").build());
  }

  @GetMapping("/course/{code}")
  String course(@PathVariable("code") String code, HttpServletRequest request) {
    String name = PageCacheFilter.hole(request, "name");
    return "Hello " + name + ", course " + code + ", render " + renders.incrementAndGet();
  }

  @GetMapping("/course/{code}/form")
  String form(HttpServletRequest request) {
    return "<form method=post action=edit><input type=hidden name=_csrf value=\""
        + PageCacheFilter.hole(request, "token")
        + "\"><button>Edit</button></form>";
  }

  @GetMapping("/course/{code}/mine")
  String mine(@PathVariable("code") String code, Principal person) {
    return person.getName() + " in " + code + ", render " + renders.incrementAndGet();
  }

  @GetMapping("/course/{code}/admin")
  String admin(@PathVariable("code") String code) {
    return "Admin of " + code;
  }

  @PostMapping("/course/{code}/edit")
  String edit(@PathVariable("code") String code) {
    cache.purgePath("/course/" + code);
    return "edited";
  }

  @GetMapping("/account")
  String account(Principal person) {
    return "I am " + person.getName();
  }

  @GetMapping("/visits")
  String visits(HttpServletRequest request) {
    return "" + SessionFilter.session(request).add("visits", 1);
  }

  @GetMapping("/token")
  String token(CsrfToken token) {
    return token.getToken();
  }

  /** Has read its session, and changes it when that may have ended. */
  @GetMapping("/slow")
  String slow(HttpServletRequest request) throws InterruptedException {
    Session session = SessionFilter.session(request);
    session.add("visits", 1);
    slowBegan.countDown();
    return "kept: " + slowMayEnd.await(60, TimeUnit.SECONDS);
  }

  @GetMapping("/later")
  Callable<String> later(HttpServletRequest request, Principal person) {
    Session session = SessionFilter.session(request);
    return () -> person.getName() + " " + session.add("visits", 1);
  }

  @GetMapping("/broken")
  String broken(HttpServletRequest request) {
    SessionFilter.session(request).set("broken", "half done");
    throw new IllegalStateException("a bug");
  }

  @GetMapping("/half")
  String half(HttpServletRequest request) {
    return SessionFilter.session(request).get("broken").orElse("nothing");
  }

  @RequestMapping("/error")
  String error(HttpServletRequest request) {
    Optional<String> name =
        SessionFilter.session(request).principal().map(dev.lms.session.Principal::id);
    return "Sorry, " + name.orElse("stranger");
  }
}
