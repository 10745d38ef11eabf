// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.servlet.PageCacheFilter;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.TokenHeader;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.servlet.SessionFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.SimpleUrlAuthenticationFailureHandler;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.servlet.FlashMapManager;
import org.springframework.web.util.HtmlUtils;

/** A Spring Boot application with both libraries, as the documents show it. */
@SpringBootApplication(proxyBeanMethods = false)
class SpringSite {
  @Bean
  KeyRing keys(@Value("${site.secret}") String secret) {
    return KeyRing.of(secret);
  }

  @Bean
  SessionStore sessionStore(@Value("${site.sessions}") String folder, KeyRing keys) {
    return FileSessionStore.open(Path.of(folder), keys);
  }

  @Bean
  Sessions sessions(SessionStore store, KeyRing keys) {
    SessionSettings settings = SessionSettings.plainHttp();
    // For clients of an API; browsers need no more than the first line.
    return Sessions.of(store, keys, settings.withTokenHeader(TokenHeader.authorization()));
  }

  @Bean
  PageCache pageCache() {
    return PageCache.of(new LocalPageStore(64 << 20));
  }

  @Bean
  FilterRegistrationBean<Filter> sessionFilter(Sessions sessions) {
    return filter(new SessionFilter(sessions), Ordered.HIGHEST_PRECEDENCE);
  }

  @Bean
  FilterRegistrationBean<Filter> pageCacheFilter(PageCache cache) {
    // Spring MVC reads both fields of every request.
    PageRule rule = PageRule.shared(Duration.ofSeconds(90)).withHeaders("Accept", "Origin");
    PageCacheFilter pages =
        PageCacheFilter.builder(
                cache,
                asked ->
                    Optional.of(rule).filter(r -> asked.getRequestURI().startsWith("/course/")),
                CourseFilters::who)
            .personalReads(asked -> SessionFilter.session(asked).uses())
            .hole("name", asked -> HtmlUtils.htmlEscape(nameOf(asked)))
            .hole("token", SpringSite::tokenOf)
            .build();
    return filter(pages, Ordered.LOWEST_PRECEDENCE);
  }

  private static FilterRegistrationBean<Filter> filter(Filter filter, int order) {
    FilterRegistrationBean<Filter> bean = new FilterRegistrationBean<>(filter);
    bean.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
    bean.setOrder(order);
    return bean;
  }

  private static String nameOf(HttpServletRequest asked) {
    return SessionFilter.session(asked).principal().map(Principal::id).orElse("nobody");
  }

  /** For the forms of people: Spring Security masks its tokens, and takes no others. */
  private static String tokenOf(HttpServletRequest asked) {
    boolean stranger = SessionFilter.session(asked).principal().isEmpty();
    return stranger ? "" : ((CsrfToken) asked.getAttribute("_csrf")).getToken();
  }

  @Bean
  FlashMapManager flashMapManager() {
    return new NoFlashMaps();
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http) {
    return http.authorizeHttpRequests(
            paths ->
                paths
                    .requestMatchers("/account")
                    .authenticated()
                    .requestMatchers("/course/*/admin")
                    .hasRole("INSTRUCTOR")
                    .anyRequest()
                    .permitAll())
        .securityContext(context -> context.securityContextRepository(new SessionContexts()))
        .sessionManagement(
            container -> container.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(
            forms ->
                forms
                    .csrfTokenRepository(new SessionCsrfTokens())
                    .ignoringRequestMatchers(SessionCsrfTokens::isNeedless))
        .formLogin(form -> form.defaultSuccessUrl("/account").failureHandler(withoutHttpSession()))
        .build();
  }

  /** Where a wrong password leads; Spring Security would keep the reason in an HttpSession. */
  private static AuthenticationFailureHandler withoutHttpSession() {
    SimpleUrlAuthenticationFailureHandler handler =
        new SimpleUrlAuthenticationFailureHandler("/login?error");
    handler.setAllowSessionCreation(false);
    return handler;
  }
}
