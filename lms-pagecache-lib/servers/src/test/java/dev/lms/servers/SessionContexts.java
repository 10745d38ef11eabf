// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static java.util.stream.Collectors.toSet;

import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.servlet.SessionFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;

/** Spring Security asks the session who is signed in, as the documents show it. */
final class SessionContexts implements SecurityContextRepository {
  @Override
  public void saveContext(
      SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
    Session session = SessionFilter.session(request);
    Authentication person = context.getAuthentication();
    if (person == null) {
      session.end(); // Spring Security saves an empty context to sign out.
    } else {
      session.signIn(
          new Principal(
              person.getName(),
              person.getAuthorities().stream()
                  .map(GrantedAuthority::getAuthority)
                  .collect(toSet())));
    }
  }

  @Override
  @SuppressWarnings("deprecation") // It is called when somebody first asks who is signed in.
  public SecurityContext loadContext(HttpRequestResponseHolder holder) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    SessionFilter.session(holder.getRequest())
        .principal()
        .ifPresent(person -> context.setAuthentication(authenticated(person)));
    return context;
  }

  private static Authentication authenticated(Principal person) {
    List<SimpleGrantedAuthority> roles =
        person.roles().stream().map(SimpleGrantedAuthority::new).toList();
    return UsernamePasswordAuthenticationToken.authenticated(person.id(), null, roles);
  }

  @Override
  public boolean containsContext(HttpServletRequest request) {
    return SessionFilter.session(request).principal().isPresent();
  }
}
