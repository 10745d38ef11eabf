// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.Environment;
import dev.lms.demo.data.Tables;
import dev.lms.demo.http.Proxies;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import java.util.ArrayList;
import java.util.List;

/** Accounts: signing in and out, and the devices one is signed in on. */
public final class AccountFeature implements Feature {
  @Override
  public List<Tables> tables() {
    return List.of(new AccountTables());
  }

  @Override
  public Content open(Parts parts) {
    Config config = parts.config();
    List<String> secrets = new ArrayList<>(List.of(config.secrets().signingKey()));
    secrets.addAll(config.secrets().fallbacks());
    boolean samples = config.environment() == Environment.DEVELOPMENT;
    Users users = new Users(parts.database(), samples);
    FirstAdmin.make(config.operations().adminPasswordFile(), users, parts.audit());
    Passwords passwords = parts.closing().add(new Passwords(parts.cpus()));
    parts
        .metrics()
        .add(
            out ->
                out.gauge(
                    "lms_passwords_queued",
                    "Passwords that wait to be checked.",
                    passwords.waiting()));
    Gate gate = new Gate(new Proxies(config.web().trustedProxies()), parts.audit(), parts.clock());
    AccountPages pages =
        new AccountPages(
            users, passwords, secrets, config.sessions().cookie().secure(), gate, parts.pages());
    return new Content()
        .pages(pages.routes())
        .pages(Devices.of(parts).routes(gate))
        .pages(
            new OwnPassword(
                    users,
                    passwords,
                    gate,
                    parts.sessions().sessions(),
                    Devices.of(parts).known(),
                    parts.pages())
                .routes())
        .holes(AccountPages.holes(users));
  }
}
