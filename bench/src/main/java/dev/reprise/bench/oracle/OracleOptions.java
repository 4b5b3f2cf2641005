package dev.reprise.bench.oracle;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * What the command line asks for; {@link #USAGE} explains each.
 *
 * @param only matches the names of the scripts to run
 * @param modes of Reprise
 * @param record whose answers are written beside the scripts: {@code systemds}, {@code reprise}, or
 *     null
 * @param programs how many random programs to try
 */
record OracleOptions(
    Path root,
    List<Path> folders,
    PathMatcher only,
    List<String> modes,
    String record,
    long limitSeconds,
    int programs,
    long seed) {

  static final String USAGE =
      """
      bench/oracle FOLDER... [options]   every script of the folders on SystemDS 3.3.0 and on Reprise: printed lines and written files
      bench/oracle --random N [options]  N random programs on both; a program that differs is made as small as possible and shown

        --only glob        scripts whose name (without folder) matches, such as 'list*'
        --reuse a,b,...    how Reprise runs each: none, cold, warm, tiny (4 MB), threads (4) (default: none,warm)
        --record           write what SystemDS printed to NAME.out beside each script
        --record-own       write what Reprise printed instead
        --limit seconds    after which a script counts as hung (default: 60)
        --seed n           of the first random program (default: 1)
      """;

  /** Reads the arguments after the project's root folder, which is the first. */
  static OracleOptions parse(String[] args) {
    List<Path> folders = new ArrayList<>();
    String only = "*";
    List<String> modes = List.of("none", "warm");
    String record = null;
    long limitSeconds = 60;
    int programs = 0;
    long seed = 1;
    for (int i = 1; i < args.length; i++) {
      switch (args[i]) {
        case "--record" -> record = "systemds";
        case "--record-own" -> record = "reprise";
        case "--only" -> only = value(args, ++i);
        case "--reuse" -> modes = List.of(value(args, ++i).split(","));
        case "--limit" -> limitSeconds = Long.parseLong(value(args, ++i));
        case "--random" -> programs = Integer.parseInt(value(args, ++i));
        case "--seed" -> seed = Long.parseLong(value(args, ++i));
        default -> {
          if (args[i].startsWith("-")) {
            throw new IllegalArgumentException("no such option: " + args[i]);
          }
          folders.add(Path.of(args[i]).toAbsolutePath().normalize());
        }
      }
    }
    if (folders.isEmpty() == (programs == 0)) {
      throw new IllegalArgumentException("give folders of scripts, or --random N");
    }
    return new OracleOptions(
        Path.of(args[0]).toAbsolutePath(),
        List.copyOf(folders),
        FileSystems.getDefault().getPathMatcher("glob:" + only),
        modes,
        record,
        limitSeconds,
        programs,
        seed);
  }

  private static String value(String[] args, int i) {
    if (i == args.length) {
      throw new IllegalArgumentException(args[i - 1] + " needs a value");
    }
    return args[i];
  }
}
