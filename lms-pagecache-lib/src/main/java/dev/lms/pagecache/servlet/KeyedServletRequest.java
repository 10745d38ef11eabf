// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.http.HttpDate;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletConnection;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.PushBuilder;
import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a servlet sees whose page may be stored: the request as the key describes it. Whatever else
 * it reads is told.
 */
final class KeyedServletRequest extends ShownRequest {
  /** Certificates and what else is known of the connection. */
  private static final String OF_THE_CONNECTION = "jakarta.servlet.request.";

  private final PageRender render;
  private final URI target;
  private final Map<String, List<String>> fields;
  private final @Nullable String rawPath;
  private final @Nullable String rawQuery;

  KeyedServletRequest(HttpServletRequest request, PageRender render, ShownResponse answer) {
    super(request, render, answer);
    this.render = render;
    this.target = render.request().target();
    this.fields = render.request().fields();
    this.rawPath = request.getRequestURI();
    this.rawQuery = request.getQueryString();
  }

  private void readsPerson() {
    render.readsConnection();
    render.readsPeer();
  }

  private List<String> lines(String name) {
    render.reads(name);
    return fields.getOrDefault(name, List.of());
  }

  @Override
  public @Nullable String getHeader(String name) {
    List<String> lines = lines(name);
    return lines.isEmpty() ? null : lines.get(0);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return Collections.enumeration(lines(name));
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    render.readsAll();
    return Collections.enumeration(fields.keySet());
  }

  @Override
  public int getIntHeader(String name) {
    List<String> lines = lines(name);
    return lines.isEmpty() ? -1 : Integer.parseInt(lines.get(0).strip());
  }

  @Override
  public long getDateHeader(String name) {
    List<String> lines = lines(name);
    return lines.isEmpty()
        ? -1
        : HttpDate.of(new Fields(Map.of(name, lines)), name, Instant.EPOCH)
            .orElseThrow(() -> new IllegalArgumentException(name + " is no date"))
            .toEpochMilli();
  }

  @Override
  public Cookie @Nullable [] getCookies() {
    render.reads("Cookie");
    return super.getCookies();
  }

  @Override
  public Locale getLocale() {
    render.reads("Accept-Language");
    return super.getLocale();
  }

  @Override
  public Enumeration<Locale> getLocales() {
    render.reads("Accept-Language");
    return super.getLocales();
  }

  @Override
  public Map<String, String> getTrailerFields() {
    render.readsAll();
    return super.getTrailerFields();
  }

  /** A request with a body does not get here. */
  @Override
  public @Nullable String getContentType() {
    return null;
  }

  @Override
  public int getContentLength() {
    return -1;
  }

  @Override
  public long getContentLengthLong() {
    return -1;
  }

  /** Set by a filter, or said by the client of a body that is not there. */
  @Override
  public @Nullable String getCharacterEncoding() {
    if (super.getContentType() != null) {
      render.readsAll();
    }
    return super.getCharacterEncoding();
  }

  /** Where a servlet forwards or includes, some containers put the new path beneath this. */
  @Override
  public String getRequestURI() {
    String now = super.getRequestURI();
    return now.equals(rawPath) ? target.getRawPath() : now;
  }

  @Override
  public @Nullable String getQueryString() {
    String now = super.getQueryString();
    return now == null || now.equals(rawQuery) ? target.getRawQuery() : now;
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    if (name.startsWith(OF_THE_CONNECTION)) {
      readsPerson();
    }
    Object value = super.getAttribute(name);
    if (value != null && name.equals(RequestDispatcher.FORWARD_QUERY_STRING)) {
      return value.equals(rawQuery) ? target.getRawQuery() : value;
    }
    if (value != null && name.equals(RequestDispatcher.FORWARD_REQUEST_URI)) {
      return value.equals(rawPath) ? target.getRawPath() : value;
    }
    return value;
  }

  private Map<String, String[]> parameters() {
    String ofADispatch = null;
    if (super.getDispatcherType() == DispatcherType.INCLUDE) {
      ofADispatch = (String) super.getAttribute(RequestDispatcher.INCLUDE_QUERY_STRING);
    } else {
      String now = super.getQueryString();
      ofADispatch = now == null || now.equals(rawQuery) ? null : now;
    }
    return Parameters.of(Arrays.asList(ofADispatch, target.getRawQuery()));
  }

  @Override
  public @Nullable String getParameter(String name) {
    String[] values = parameters().get(name);
    return values == null ? null : values[0];
  }

  @Override
  public String @Nullable [] getParameterValues(String name) {
    return parameters().get(name);
  }

  @Override
  public Enumeration<String> getParameterNames() {
    return Collections.enumeration(parameters().keySet());
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    return Collections.unmodifiableMap(parameters());
  }

  /** Only what {@code Host} says is in the key, not what a proxy says in other fields. */
  @Override
  public String getServerName() {
    List<String> hosts = lines("Host");
    String name = super.getServerName().toLowerCase(Locale.ROOT);
    if (hosts.size() != 1 || !withoutPort(hosts.get(0)).equalsIgnoreCase(name)) {
      render.readsConnection();
    }
    return name;
  }

  @Override
  public int getServerPort() {
    List<String> hosts = lines("Host");
    int port = super.getServerPort();
    if (hosts.size() != 1 || !hosts.get(0).endsWith(":" + port)) {
      render.readsConnection(); // It follows from the scheme, or from what a proxy says.
    }
    return port;
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  @Override
  public StringBuffer getRequestURL() {
    render.readsConnection();
    return super.getRequestURL();
  }

  @Override
  public String getScheme() {
    render.readsConnection();
    return super.getScheme();
  }

  @Override
  public boolean isSecure() {
    render.readsConnection();
    return super.isSecure();
  }

  @Override
  public String getProtocol() {
    render.readsConnection();
    return super.getProtocol();
  }

  @Override
  public String getRequestId() {
    render.readsConnection();
    return super.getRequestId();
  }

  @Override
  public String getProtocolRequestId() {
    render.readsConnection();
    return super.getProtocolRequestId();
  }

  @Override
  public ServletConnection getServletConnection() {
    render.readsConnection();
    return super.getServletConnection();
  }

  @Override
  public String getRemoteAddr() {
    render.readsConnection();
    return super.getRemoteAddr();
  }

  @Override
  public String getRemoteHost() {
    render.readsConnection();
    return super.getRemoteHost();
  }

  @Override
  public int getRemotePort() {
    render.readsConnection();
    return super.getRemotePort();
  }

  @Override
  public String getLocalAddr() {
    render.readsConnection();
    return super.getLocalAddr();
  }

  @Override
  public String getLocalName() {
    render.readsConnection();
    return super.getLocalName();
  }

  @Override
  public int getLocalPort() {
    render.readsConnection();
    return super.getLocalPort();
  }

  @Override
  public @Nullable PushBuilder newPushBuilder() {
    return null; // It would repeat the client's own fields.
  }

  @Override
  public @Nullable String getAuthType() {
    readsPerson();
    return super.getAuthType();
  }

  @Override
  public @Nullable String getRemoteUser() {
    readsPerson();
    return super.getRemoteUser();
  }

  @Override
  public @Nullable Principal getUserPrincipal() {
    readsPerson();
    return super.getUserPrincipal();
  }

  @Override
  public boolean isUserInRole(String role) {
    readsPerson();
    return super.isUserInRole(role);
  }

  @Override
  public boolean authenticate(HttpServletResponse response) throws IOException, ServletException {
    readsPerson();
    return super.authenticate(response);
  }

  @Override
  public void login(String name, String password) throws ServletException {
    readsPerson();
    super.login(name, password);
  }

  @Override
  public void logout() throws ServletException {
    readsPerson();
    super.logout();
  }

  @Override
  public HttpSession getSession() {
    readsPerson();
    return super.getSession();
  }

  @Override
  public @Nullable HttpSession getSession(boolean create) {
    readsPerson();
    return super.getSession(create);
  }

  @Override
  public String changeSessionId() {
    readsPerson();
    return super.changeSessionId();
  }

  @Override
  public @Nullable String getRequestedSessionId() {
    readsPerson();
    return super.getRequestedSessionId();
  }

  @Override
  public boolean isRequestedSessionIdValid() {
    readsPerson();
    return super.isRequestedSessionIdValid();
  }

  @Override
  public boolean isRequestedSessionIdFromCookie() {
    readsPerson();
    return super.isRequestedSessionIdFromCookie();
  }

  @Override
  public boolean isRequestedSessionIdFromURL() {
    readsPerson();
    return super.isRequestedSessionIdFromURL();
  }
}
