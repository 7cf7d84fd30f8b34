// Verifies a log's folder by golang.org/x/mod/sumdb/note and tlog, the packages that the formats come from. It shares nothing with the program.
//
// usage: verify LOG-FOLDER LOG-KEY [WITNESS-KEY...] [held CHECKPOINT...] [proofs FILE]
//
// Of FILE each line is: inclusion INDEX SIZE HASH..., or: consistency SIZE1 SIZE2 HASH... It says what does not hold; exit code 1 then.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var complaints int

func complain(format string, args ...interface{}) {
	complaints++
	fmt.Printf(format+"\n", args...)
}

func must(err error) {
	if err != nil {
		complain("%v", err)
		finish()
	}
}

func finish() {
	fmt.Printf("%d complaints\n", complaints)
	if complaints > 0 {
		os.Exit(1)
	}
	os.Exit(0)
}

// A witness's key: note.Open matches name and id, and asks this for the rest (C2SP tlog-cosignature).
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(msg, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	return ed25519.Verify(w.key, append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))), msg...), sig[8:])
}

func newWitness(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("%s is no key", vkey)
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, fmt.Errorf("%s is no witness's key", vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, fmt.Errorf("%s has another id", vkey)
	}
	return witness{parts[0], hash, ed25519.PublicKey(key[1:])}, nil
}

// The folder's tiles, whose paths lack the height that tlog's have.
type folder string

func (f folder) Height() int { return 8 }
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), strings.Replace(t.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func open(file string, verifiers []note.Verifier) tlog.Tree {
	data, err := os.ReadFile(file)
	must(err)
	n, err := note.Open(data, note.VerifierList(verifiers...))
	must(err)
	if len(n.Sigs) != len(verifiers) {
		complain("%s: %d of %d keys signed", file, len(n.Sigs), len(verifiers))
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != verifiers[0].Name() {
		complain("%s is no checkpoint of %s", file, verifiers[0].Name())
		finish()
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	hash, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: hash}
}

func main() {
	root := os.Args[1]
	first, err := note.NewVerifier(os.Args[2])
	must(err)
	verifiers := []note.Verifier{first}
	var held, proofs []string
	for args := os.Args[3:]; len(args) > 0; args = args[1:] {
		switch {
		case args[0] == "held":
			args = args[1:]
			held = append(held, args[0])
		case args[0] == "proofs":
			args = args[1:]
			data, err := os.ReadFile(args[0])
			must(err)
			proofs = strings.Split(strings.TrimSpace(string(data)), "\n")
		default:
			w, err := newWitness(args[0])
			must(err)
			verifiers = append(verifiers, w)
		}
	}
	tree := open(filepath.Join(root, "checkpoint"), verifiers)
	reader := tlog.TileHashReader(tree, folder(root))

	// Every entry is the leaf that the tiles have, and its inclusion is proven.
	entries := int64(0)
	for start := int64(0); start < tree.N; start += 256 {
		width := 256
		if tree.N-start < 256 {
			width = int(tree.N - start)
		}
		path := strings.Replace(tlog.Tile{H: 8, L: 0, N: start / 256, W: width}.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(root, path))
		must(err)
		var indexes []int64
		var leaves []tlog.Hash
		for len(bundle) >= 2 {
			length := int(binary.BigEndian.Uint16(bundle))
			if len(bundle) < 2+length {
				break
			}
			leaves = append(leaves, tlog.RecordHash(bundle[2:2+length]))
			indexes = append(indexes, tlog.StoredHashIndex(0, start+int64(len(indexes))))
			bundle = bundle[2+length:]
		}
		if len(bundle) > 0 || len(leaves) != width {
			complain("%s is no bundle of %d entries", path, width)
			continue
		}
		hashes, err := reader.ReadHashes(indexes)
		must(err)
		for i := range leaves {
			if hashes[i] != leaves[i] {
				complain("entry %d is not what was logged", start+int64(i))
			}
		}
		proof, err := tlog.ProveRecord(tree.N, start, reader)
		must(err)
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, start, leaves[0]))
		entries += int64(len(leaves))
	}
	// Tiles of the upper levels that proofs did not need.
	for level := 1; tree.N>>(8*uint(level)) > 0; level++ {
		for index := int64(0); index<<8 < tree.N>>(8*uint(level)); index++ {
			width := int64(256)
			if rest := tree.N>>(8*uint(level)) - index<<8; rest < 256 {
				width = rest
			}
			tile := tlog.Tile{H: 8, L: level, N: index, W: int(width)}
			data, err := folder(root).ReadTiles([]tlog.Tile{tile})
			must(err)
			expected, err := tlog.ReadTileData(tile, reader)
			must(err)
			if !bytes.Equal(data[0], expected) {
				complain("%s is not made of the tiles below it", tile.Path())
			}
		}
	}
	for _, file := range held {
		old := open(file, verifiers)
		proof, err := tlog.ProveTree(tree.N, old.N, reader)
		must(err)
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
			complain("%s is not how this log began: %v", file, err)
		}
	}
	for _, line := range proofs {
		words := strings.Fields(line)
		a, err := strconv.ParseInt(words[1], 10, 64)
		must(err)
		b, err := strconv.ParseInt(words[2], 10, 64)
		must(err)
		var proof []tlog.Hash
		for _, word := range words[3:] {
			hash, err := tlog.ParseHash(word)
			must(err)
			proof = append(proof, hash)
		}
		now, err := tlog.TreeHash(b, reader)
		must(err)
		if words[0] == "inclusion" {
			leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, a)})
			must(err)
			err = tlog.CheckRecord(tlog.RecordProof(proof), b, now, a, leaf[0])
			if err != nil {
				complain("%s %d %d: %v", words[0], a, b, err)
			}
			continue
		}
		old, err := tlog.TreeHash(a, reader)
		must(err)
		if err := tlog.CheckTree(tlog.TreeProof(proof), b, now, a, old); err != nil {
			complain("%s %d %d: %v", words[0], a, b, err)
		}
	}
	fmt.Printf("%d entries, %d proofs, ", entries, len(proofs))
	finish()
}
