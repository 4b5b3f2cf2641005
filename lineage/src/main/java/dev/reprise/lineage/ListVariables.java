package dev.reprise.lineage;

import java.util.Arrays;

/**
 * Elements of the lists that a loop carries, as variables of their own behind those of the loop: an
 * iteration that takes an element out finds a variable, not an item from elsewhere. Of each list
 * the elements that it had when the loop first met it; further ones stay elements. An element that
 * is a list has elements of its own, a few levels deep. Immutable.
 */
final class ListVariables {
  private static final int MOST = 256;

  static final ListVariables NONE = new ListVariables(new int[0], new int[0]);

  // Pairs (variable, position in its list); the variable is one of the loop or, behind those, an
  // element with a smaller number. Numbers stay what they are when further lists are met.
  private final int[] elements;
  private final int[] lists;

  private ListVariables(int[] elements, int[] lists) {
    this.elements = elements;
    this.lists = lists;
  }

  int count() {
    return elements.length / 2;
  }

  /** The variable that holds the list: one of the loop, or an element before this one. */
  int list(int element) {
    return elements[2 * element];
  }

  boolean has(int variable) {
    return Arrays.binarySearch(lists, variable) >= 0;
  }

  /** With the elements of one more list. */
  ListVariables with(int variable, int size) {
    int[] all = Arrays.copyOf(lists, lists.length + 1);
    all[lists.length] = variable;
    Arrays.sort(all);
    int added = Math.min(size, Math.max(0, MOST - count()));
    int[] more = Arrays.copyOf(elements, elements.length + 2 * added);
    for (int i = 0; i < added; i++) {
      more[elements.length + 2 * i] = variable;
      more[elements.length + 2 * i + 1] = i;
    }
    return new ListVariables(more, all);
  }

  /** The element in what a variable holds; null when it is no such list. */
  LineageItem in(LineageItem list, int element) {
    int position = elements[2 * element + 1];
    if (list == null
        || list.isLiteral()
        || !list.operation().name().equals("list")
        || position >= list.inputCount()) {
      return null;
    }
    return RunItem.settled(list.input(position));
  }
}
