package dev.reprise.cli;

import dev.reprise.UserEnvironment;
import dev.reprise.server.Authority;
import dev.reprise.server.Authority.TenantEntry;
import dev.reprise.server.Authority.TokenEntry;
import dev.reprise.server.DatabaseAddress;
import dev.reprise.server.ServerLimits;
import dev.reprise.server.StoreServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code reprise serve}. */
@Command(
    name = "reprise serve",
    customSynopsis = {
      "reprise serve --store DIR --database URL [--listen HOST:PORT]",
      "       reprise serve --database URL tenant create NAME [--quota SIZE] [--shares-with NAME]",
      "       reprise serve --database URL tenant quota NAME SIZE",
      "       reprise serve --database URL tenant list",
      "       reprise serve --database URL token create TENANT [--expires DAYS] [--label TEXT]",
      "       reprise serve --database URL token revoke NUMBER",
      "       reprise serve --database URL token list [TENANT]"
    },
    description = {
      "Serves an experiment store to a team: 'reprise run --store http://HOST:PORT'.",
      "",
      "The graph is in a PostgreSQL database, large contents in a folder. Clients show a token,"
          + " which",
      "belongs to a tenant; tenants see nothing of each other unless one was made to share.",
      "The database's password comes from REPRISE_DATABASE_PASSWORD or from [serve] of"
          + " reprise.toml,",
      "where 'database' and 'user' may stand, too. Traffic is not encrypted: put a proxy before it."
    },
    sortOptions = false,
    usageHelpWidth = 100)
final class ServeCommand implements Callable<ExitCode> {
  private static final List<String> SUBJECTS = List.of("tenant", "token");
  private static final Map<String, List<String>> VERBS =
      Map.of(
          "tenant", List.of("create", "quota", "list"),
          "token", List.of("create", "revoke", "list"));
  private static final long DEFAULT_QUOTA = 50L << 30;
  private static final int DEFAULT_PORT = 7733;
  private static final long MOST_DAYS = 3_650;

  private static final Map<String, Set<String>> TAKERS =
      Map.of(
          "--store", Set.of("serve"),
          "--listen", Set.of("serve"),
          "--quota", Set.of("serve tenant create"),
          "--shares-with", Set.of("serve tenant create"),
          "--expires", Set.of("serve token create"),
          "--label", Set.of("serve token create"));

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "ACTION", arity = "0..*", description = "What to do. Default: serve.")
  private List<String> words = new ArrayList<>();

  @Option(names = "--store", paramLabel = "DIR", description = "Folder for large contents.")
  private Path folder;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = "As in jdbc:postgresql://localhost:5432/reprise; its tables are made.")
  private String database;

  @Option(names = "--user", paramLabel = "NAME", description = "Of the database.")
  private String user;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where clients connect. Default: localhost:7733.")
  private String listen = "localhost:" + DEFAULT_PORT;

  @Option(
      names = "--quota",
      paramLabel = "SIZE",
      description = "Most that a tenant's artifacts may take. Default: 50g.")
  private String quota;

  @Option(
      names = "--shares-with",
      paramLabel = "NAME",
      description = "The new tenant sees and adds to what this one has, on purpose.")
  private String sharesWith;

  @Option(
      names = "--expires",
      paramLabel = "DAYS",
      description = "Until a token ends. Default: 90.")
  private long days = 90;

  @Option(names = "--label", paramLabel = "TEXT", description = "Says what a token is for.")
  private String label = "";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  ServeCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws InterruptedException {
    DatabaseAddress address = database(RepriseFile.ofUser());
    if (words.isEmpty()) {
      ActionOptions.check(spec, "serve", TAKERS);
      return serve(address);
    }
    String subject = Choices.oneOf("serve", words.getFirst(), SUBJECTS);
    String verb = Choices.oneOf("serve " + subject, word(1, "a verb"), VERBS.get(subject));
    ActionOptions.check(spec, "serve " + subject + " " + verb, TAKERS);
    return StoreServer.withAuthority(
        address,
        authority -> subject.equals("tenant") ? tenant(verb, authority) : token(verb, authority));
  }

  private DatabaseAddress database(RepriseFile file) {
    RepriseFile.ServedDatabase served =
        database == null
            ? file.servedDatabase()
            : new RepriseFile.ServedDatabase(
                database, file.serve("user"), file.serve("password"), false);
    return address(served, user, UserEnvironment.databasePassword());
  }

  /**
   * Where the database is and who asks.
   *
   * @param user of the command line, or null
   * @param password of the environment, or null
   */
  static DatabaseAddress address(RepriseFile.ServedDatabase served, String user, String password) {
    if (served.url() == null) {
      throw new UsageException(
          "serve needs --database, as in --database jdbc:postgresql://localhost:5432/reprise");
    }
    if (password != null && served.isForeign() && served.password() == null) {
      throw new UsageException(
          "REPRISE_DATABASE_PASSWORD is not sent to a database that "
              + "reprise.toml of the working folder alone names: give --database, or name it in"
              + " your own reprise.toml, too");
    }
    try {
      return new DatabaseAddress(
          served.url(),
          user == null ? served.user() : user,
          password == null || served.isForeign() ? served.password() : password);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--database: " + e.getMessage());
    }
  }

  private ExitCode serve(DatabaseAddress address) throws InterruptedException {
    if (folder == null) {
      throw new UsageException("serve needs --store DIR, a folder for large contents");
    }
    OutputPlaces.folder("--store", folder);
    CountDownLatch ended = new CountDownLatch(1);
    StoreServer.Config config =
        new StoreServer.Config(
            address,
            folder.toAbsolutePath(),
            listenAddress(),
            ServerLimits.STANDARD,
            InstantSource.system(),
            System::nanoTime,
            console.err());
    try (StoreServer server = StoreServer.start(config)) {
      console.interruption().onInterrupt(ended::countDown);
      InetSocketAddress at = server.address();
      console.out().println("serving at http://" + at.getHostString() + ":" + at.getPort());
      console.out().flush();
      ended.await();
    }
    return ExitCode.FINE;
  }

  private InetSocketAddress listenAddress() {
    int colon = listen.lastIndexOf(':');
    try {
      int port = Integer.parseInt(listen.substring(colon + 1));
      if (colon > 0 && port >= 0 && port <= 65_535) {
        return new InetSocketAddress(listen.substring(0, colon), port);
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new UsageException("--listen takes HOST:PORT, as in 0.0.0.0:7733, not '" + listen + "'");
  }

  private String word(int position, String what) {
    if (words.size() <= position) {
      throw new UsageException(
          "serve " + String.join(" ", words) + " needs " + what + " ('reprise serve --help')");
    }
    return words.get(position);
  }

  /** Refuses words that nothing would be done with. */
  private void atMost(int count) {
    if (words.size() > count) {
      throw new UsageException(
          "serve "
              + String.join(" ", words.subList(0, count))
              + " takes no '"
              + words.get(count)
              + "' ('reprise serve --help')");
    }
  }

  private ExitCode tenant(String verb, Authority authority) {
    switch (verb) {
      case "create" -> {
        String name = word(2, "a name");
        atMost(3);
        long bytes = quota == null ? DEFAULT_QUOTA : MemoryBudgets.parseSize(quota, "--quota");
        try {
          authority.createTenant(name, bytes, sharesWith);
        } catch (IllegalArgumentException e) {
          throw new UsageException(e.getMessage());
        }
        console.out().println("tenant " + name + ", quota " + Units.bytes(bytes));
      }
      case "quota" -> {
        String name = word(2, "a name");
        atMost(4);
        authority.changeQuota(
            name, MemoryBudgets.parseSize(word(3, "a size"), "serve tenant quota"));
      }
      default -> {
        atMost(2);
        for (TenantEntry each : authority.tenants()) {
          console
              .out()
              .println(
                  String.format(
                      Locale.ROOT,
                      "%-24s  space %d  %s of %s",
                      each.name(),
                      each.space(),
                      Units.bytes(each.artifactBytes()),
                      Units.bytes(each.quotaBytes())));
        }
      }
    }
    return ExitCode.FINE;
  }

  private ExitCode token(String verb, Authority authority) {
    switch (verb) {
      case "create" -> {
        if (days < 1 || days > MOST_DAYS) {
          throw new UsageException("--expires takes 1 to " + MOST_DAYS + " days, not " + days);
        }
        String tenant = word(2, "a tenant");
        atMost(3);
        String token = authority.createToken(tenant, label, Duration.ofDays(days));
        console.err().println("reprise: this is shown once; it goes into REPRISE_TOKEN:");
        console.out().println(token);
      }
      case "revoke" -> {
        String number = word(2, "the number of a token");
        atMost(3);
        try {
          authority.revoke(Long.parseLong(number));
          console.out().println("token " + number + " revoked");
        } catch (NumberFormatException e) {
          throw new UsageException("'" + number + "' is not the number of a token");
        }
      }
      default -> {
        atMost(3);
        for (TokenEntry each : authority.tokens(words.size() > 2 ? words.get(2) : null)) {
          console.out().println(line(each, System.currentTimeMillis()));
        }
      }
    }
    return ExitCode.FINE;
  }

  private static String line(TokenEntry token, long now) {
    String state =
        token.revoked() != null
            ? "revoked " + Instant.ofEpochMilli(token.revoked())
            : (token.expires() <= now ? "expired " : "until ")
                + Instant.ofEpochMilli(token.expires());
    return String.format(
        Locale.ROOT, "%6d  %-24s  %s  %s", token.id(), token.tenant(), state, token.label());
  }
}
