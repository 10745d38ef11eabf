// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.Environment;
import dev.lms.demo.config.StoreChoice;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import dev.lms.session.SessionStore.Capability;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The lab: in development only. */
public final class LabFeature implements Feature {
  @Override
  public Content open(Parts parts) {
    Config config = parts.config();
    if (config.environment() != Environment.DEVELOPMENT) {
      return new Content();
    }
    if (config.sessions().store().kind() == StoreChoice.Kind.MEMORY) {
      return new Content()
          .pages(List.of(PageRoute.get("/lab", LabFeature::alone)))
          .pages(List.of(PageRoute.get("/lab/{experiment}", LabFeature::alone)));
    }
    Path folder = config.dataDir().resolve("lab");
    LabKey key = new LabKey(config.secrets().signingKey());
    Exchange exchange = parts.closing().add(new Exchange(key));
    Colleagues colleagues = new Colleagues(config, exchange);
    SecondWorker secondWorker = new SecondWorker(config);
    CrowdedWorker crowded = new CrowdedWorker(config, exchange);
    Gates gates = new Gates();
    SlowPage slowPage = new SlowPage(folder.resolve("pages"), gates, parts.pageCache());
    NaiveSessions naiveSessions = new NaiveSessions(folder.resolve("sessions"));
    WorkerEnd workerEnd =
        new WorkerEnd(
            key,
            gates,
            naiveSessions,
            slowPage,
            new RotatedIds(parts.sessions().withoutGrace()),
            parts.sessions().unplugged());
    Leak leak = new Leak(parts.pages(), pieces(parts));
    return new Content()
        .pages(leak.routes())
        .holes(leak.holes())
        .pages(new NaiveSite(config.web().host(), exchange).routes())
        .pages(new Frames(config, exchange, parts.pages().asset("lab.js")).routes())
        .pages(slowPage.routes())
        .pages(workerEnd.routes())
        .whenStopping(secondWorker::close)
        .whenStopping(crowded::close)
        .pages(forPeople(parts, new Lab(colleagues, secondWorker, crowded, exchange), leak));
  }

  private static void alone(Request request) {
    throw new HttpProblem(
        409,
        "The lab needs two workers",
        "Sessions are kept in the memory of this worker, and another knows nothing of them. Start the"
            + " site with SESSION_STORE=file, or with Redis.");
  }

  private static PagePieces pieces(Parts parts) {
    return new PagePieces(parts.pages().asset("dev.css"), parts.pages().asset("lab.js"));
  }

  private static List<PageRoute> forPeople(Parts parts, Lab lab, Leak leak) {
    Forms forms = new Forms(new SecureRandom());
    Pages pages = parts.pages();
    PagePieces pieces = pieces(parts);
    List<Texts> texts = Texts.all();
    Set<Capability> capabilities = parts.sessions().store().capabilities();
    boolean merges = capabilities.contains(Capability.MERGES_CONCURRENT_CHANGES);
    boolean reports = capabilities.contains(Capability.FOLLOWS_ROTATION);
    List<PageRoute> routes =
        new ArrayList<>(new FlickerPages(lab, forms, pages, pieces, texts.getFirst()).routes());
    routes.addAll(
        new LabPages(
                lab,
                forms,
                pages,
                pieces,
                merges,
                texts,
                List.of(
                    new LostUpdate(),
                    new Resurrection(),
                    new Stampede(),
                    new Outage(),
                    new Rotation(reports),
                    leak))
            .routes());
    return routes;
  }
}
