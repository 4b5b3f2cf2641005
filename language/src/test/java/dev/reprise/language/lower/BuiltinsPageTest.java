package dev.reprise.language.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.OperationTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BuiltinsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "builtins.md");

  /** Arguments that are bound by rules of their own; the page shows the calls that they allow. */
  private static final Set<String> OWN_RULES =
      Set.of(
          "sample",
          "table",
          "exists",
          "remove",
          "ifdef",
          "log",
          "pmin",
          "pmax",
          "conv2d",
          "conv2d_backward_filter",
          "conv2d_backward_data",
          "max_pool",
          "max_pool_backward",
          "avg_pool",
          "avg_pool_backward");

  @Test
  void everyBuiltinIsOnThePage() throws Exception {
    String page = Files.readString(PAGE);
    for (String name : Builtins.names(OperationTable.standard())) {
      assertThat(page).contains(name + "(");
    }
  }

  @Test
  void thePageShowsEveryArgumentAndDefault() throws Exception {
    String page = Files.readString(PAGE);
    for (String name : Builtins.names(OperationTable.standard())) {
      Opcode opcode = OperationTable.standard().find(name);
      if (opcode != null && !OWN_RULES.contains(name)) {
        assertThat(page).contains(signature(opcode));
      }
    }
  }

  private static String signature(Opcode opcode) {
    Stream<String> named = opcode.parameters().stream().map(Signature::shown);
    Stream<String> rest = opcode.isVariadic() ? Stream.of("...") : Stream.empty();
    return Stream.concat(named, rest).collect(Collectors.joining(", ", opcode.name() + "(", ")"));
  }
}
