package dev.reprise.language.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundTripTest {

  @Test
  void readingAPrintedTreeGivesTheTree() {
    for (int seed = 0; seed < 400; seed++) {
      Script tree = new RandomTree(new Random(seed)).script();
      String text = TreePrinter.print(tree);
      assertThat(Trees.structure(Trees.read(text)))
          .as("seed %s\n%s", seed, text)
          .isEqualTo(Trees.structure(tree));
    }
  }
}
