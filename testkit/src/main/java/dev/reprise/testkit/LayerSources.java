package dev.reprise.testkit;

import dev.reprise.testkit.RandomProgram.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of the layer library that a program calls, each under its own name. */
final class LayerSources {
  private static final Pattern CALL = Pattern.compile("(\\w+)::");
  private static final Set<String> OPTIMISERS =
      Set.of("adam", "adamw", "sgd", "sgd_momentum", "rmsprop");

  private LayerSources() {}

  /** The program with what it sources before it. */
  static List<Statement> before(List<Statement> program) {
    Matcher call = CALL.matcher(new RandomProgram(program).text());
    Set<String> names = new TreeSet<>();
    while (call.find()) {
      names.add(call.group(1));
    }
    List<Statement> whole = new ArrayList<>();
    for (String name : names) {
      String folder = OPTIMISERS.contains(name) ? "optim" : "layers";
      whole.add(Statement.simple("source(\"nn/%s/%s.dml\") as %s".formatted(folder, name, name)));
    }
    whole.addAll(program);
    return whole;
  }
}
