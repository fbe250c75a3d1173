// Writes what harness/clusters/embedded/data/protobuf.json.xz holds: of all kinds that Kubernetes
// knows as protobuf, the messages and their fields, as the tags of the Go types have them.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// field is [number, name in JSON ("" if inlined), name in Go, type, shape, presence]: the type is
// a scalar's or message's, of each item in the shapes "list" and "map"; a "pointer" may be zero;
// presence is "always", "omitempty" or "omitzero".
type field [6]any

type table struct {
	Kinds    map[string]map[string]string `json:"kinds"`
	Messages map[string][]field           `json:"messages"`
	Lists    []string                     `json:"lists"` // messages of one field that are lists in JSON
}

var (
	all = table{Kinds: map[string]map[string]string{}, Messages: map[string][]field{}}

	unmarshals = reflect.TypeFor[interface{ Unmarshal([]byte) error }]()
	marshals   = reflect.TypeFor[json.Marshaler]()
	bytes      = reflect.TypeFor[[]byte]()
	instead    = map[string]reflect.Type{ // what is on the wire for those that hide it
		"meta/v1.Time":      reflect.TypeFor[meta.Timestamp](),
		"meta/v1.MicroTime": reflect.TypeFor[meta.Timestamp](),
	}
)

func main() {
	kinds := scheme.Scheme
	must(apiextensions.AddToScheme(kinds))
	must(apiregistration.AddToScheme(kinds))
	for gvk, t := range kinds.AllKnownTypes() {
		if gvk.Version == runtime.APIVersionInternal || !reflect.PointerTo(t).Implements(unmarshals) {
			continue
		}
		version := gvk.GroupVersion().String()
		if all.Kinds[version] == nil {
			all.Kinds[version] = map[string]string{}
		}
		all.Kinds[version][gvk.Kind] = message(t)
	}
	message(reflect.TypeFor[runtime.Unknown]())
	slices.Sort(all.Lists) // the kinds have come in any order
	must(json.NewEncoder(os.Stdout).Encode(all))
}

// message notes a type, and those below it, and names it: core/v1.Pod.
func message(t reflect.Type) string {
	name := strings.TrimPrefix(t.PkgPath(), "k8s.io/")
	for _, root := range []string{"api/", "apimachinery/pkg/", "apis/", "api/", "util/",
		"apiextensions-apiserver/pkg/apis/", "kube-aggregator/pkg/apis/"} {
		name = strings.TrimPrefix(name, root)
	}
	name += "." + t.Name()
	if _, known := all.Messages[name]; known {
		return name
	}
	all.Messages[name] = []field{}
	switch {
	case name == "resource.Quantity":
		all.Messages[name] = []field{{1, "String_", "String_", "string", "pointer", "omitempty"}}
	case t.Kind() == reflect.Slice:
		all.Lists = append(all.Lists, name)
		all.Messages[name] = []field{{1, "items", "Items", typeOf(t.Elem(), false), "list", "omitempty"}}
	default:
		own := t.Implements(marshals)
		if wire, hidden := instead[name]; hidden {
			t = wire
		}
		for i := range t.NumField() {
			if f, there := fieldOf(t.Field(i), own); there {
				all.Messages[name] = append(all.Messages[name], f)
			}
		}
	}
	return name
}

// fieldOf is without JSON names and presence where the message has a JSON of its own.
func fieldOf(f reflect.StructField, own bool) (field, bool) {
	tag := strings.Split(f.Tag.Get("protobuf"), ",")
	if len(tag) == 1 || tag[0] == "-" {
		if name := f.Tag.Get("json"); !own && name != "-" && f.Type != reflect.TypeFor[meta.TypeMeta]() {
			panic(fmt.Sprint("not on the wire, but in JSON: ", f.Name, " ", f.Type))
		}
		return field{}, false
	}
	number, err := strconv.Atoi(tag[1])
	must(err)
	shape, t := shapeOf(f.Type)
	name, presence := f.Name, "omitempty"
	if own && shape == "" {
		shape = "pointer"
	}
	if !own {
		name, presence = inJSON(f)
	}
	return field{number, name, f.Name, typeOf(t, own), shape, presence}, true
}

func inJSON(f reflect.StructField) (name, presence string) {
	tag, tagged := f.Tag.Lookup("json")
	parts := strings.Split(tag, ",")
	name, presence = parts[0], "always"
	for _, option := range parts[1:] {
		switch option {
		case "omitempty":
			if presence == "always" {
				presence = option
			}
		case "omitzero":
			presence = option
		case "inline":
		default:
			panic("unknown option: " + tag)
		}
	}
	if name == "-" || (name == "" && !f.Anonymous && tagged) {
		panic("on the wire, but not in JSON: " + f.Name)
	}
	if !tagged && !f.Anonymous {
		name = f.Name
	}
	return name, presence
}

func shapeOf(t reflect.Type) (string, reflect.Type) {
	named := reflect.PointerTo(t).Implements(unmarshals)
	switch {
	case named || t.ConvertibleTo(bytes) && t.Kind() == reflect.Slice:
		return "", t
	case t.Kind() == reflect.Pointer:
		return "pointer", t.Elem()
	case t.Kind() == reflect.Slice:
		return "list", t.Elem()
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		return "map", t.Elem()
	}
	return "", t
}

func typeOf(t reflect.Type, own bool) string {
	switch {
	case reflect.PointerTo(t).Implements(unmarshals):
		return message(t)
	case t.Kind() == reflect.Slice && t.ConvertibleTo(bytes):
		if own {
			return "raw"
		}
		return "bytes"
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64, reflect.Float64:
		return t.Kind().String()
	}
	panic("unknown type: " + t.String())
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
