// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A servlet container with one servlet behind filters, which live as long as the JVM. */
enum Container {
  JETTY {
    @Override
    int start(List<Filter> filters, HttpServlet servlet) throws Exception {
      Server server = new Server();
      ServerConnector connector = new ServerConnector(server);
      connector.setHost("127.0.0.1");
      server.addConnector(connector);
      ServletContextHandler context = new ServletContextHandler("/");
      for (Filter filter : filters) {
        FilterHolder holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        context.addFilter(holder, "/*", EnumSet.allOf(DispatcherType.class));
      }
      ServletHolder holder = new ServletHolder(servlet);
      holder.setAsyncSupported(true);
      context.addServlet(holder, "/*");
      server.setHandler(context);
      server.start();
      return connector.getLocalPort();
    }
  },
  TOMCAT {
    @Override
    int start(List<Filter> filters, HttpServlet servlet) throws Exception {
      Path folder = Files.createTempDirectory("tomcat");
      folder.toFile().deleteOnExit();
      Tomcat tomcat = new Tomcat();
      tomcat.setBaseDir(folder.toString());
      tomcat.setHostname("127.0.0.1");
      tomcat.setPort(0);
      Context context = tomcat.addContext("", null);
      for (Filter filter : filters) {
        FilterDef definition = new FilterDef();
        definition.setFilterName(filter.getClass().getName());
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName(definition.getFilterName());
        map.addURLPattern("/*");
        EnumSet.allOf(DispatcherType.class).forEach(type -> map.setDispatcher(type.name()));
        context.addFilterMap(map);
      }
      Wrapper site = Tomcat.addServlet(context, "site", servlet);
      site.setAsyncSupported(true);
      site.addMapping("/*");
      tomcat.start();
      return tomcat.getConnector().getLocalPort();
    }
  };

  abstract int start(List<Filter> filters, HttpServlet servlet) throws Exception;
}
